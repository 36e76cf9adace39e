package permission

// readParameters is of declared parameters alone: it shows values.
func (w *writer) readParameters() Statement {
	return allow("ReadParameterValues", []string{"ssm:GetParameterHistory", "ssm:GetParameters"}, w.parameters...)
}

// writeParameters deletes too: what AWS cannot change is replaced, whoever made
// it.
func (w *writer) writeParameters() Statement {
	return allow("WriteParameters", []string{"ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter"}, w.parameters...)
}

func (w *writer) decryptParameters() []Statement {
	return w.keys("ReadEncryptedParameters", []string{"kms:Decrypt"}, w.parameterKeys())
}

// encryptParameters has what standard parameters need, and what advanced ones
// do (AWS KMS, "How AWS Systems Manager Parameter Store uses AWS KMS").
func (w *writer) encryptParameters() []Statement {
	return w.keys("WriteEncryptedParameters", []string{"kms:Encrypt", "kms:GenerateDataKey"}, w.parameterKeys())
}

func (w *writer) parameterKeys() []string {
	var ids []string
	for _, p := range w.d.Parameters {
		ids = append(ids, text(p.KMSKeyID))
	}
	return ids
}
