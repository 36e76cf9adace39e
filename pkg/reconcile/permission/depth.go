package permission

import (
	"strings"

	"ecs-reconciler/pkg/spec"
)

// secretsThat are the declared secrets of which something is wanted beside
// their value.
func (w *writer) secretsThat(wants func(spec.ManagedSecret) bool) []string {
	var out []string
	for _, s := range w.d.Secrets {
		if wants(s) {
			out = append(out, w.secret(s.Name))
		}
	}
	return out
}

func (w *writer) governed() []string {
	return w.secretsThat(func(s spec.ManagedSecret) bool { return s.ResourcePolicy != nil })
}

func (w *writer) readPolicies() Statement {
	return allow("ReadSecretPolicies", []string{"secretsmanager:GetResourcePolicy"}, w.governed()...)
}

func (w *writer) writePolicies() Statement {
	return allow("WriteSecretPolicies", []string{"secretsmanager:DeleteResourcePolicy", "secretsmanager:PutResourcePolicy"}, w.governed()...)
}

func (w *writer) replicate() Statement {
	return allow("ReplicateSecrets", []string{"secretsmanager:RemoveRegionsFromReplication", "secretsmanager:ReplicateSecretToRegions"},
		w.secretsThat(func(s spec.ManagedSecret) bool { return s.Replicas != nil })...)
}

// rekeyReplicas is done in the replica's own region.
func (w *writer) rekeyReplicas() Statement {
	var replicas []string
	for _, s := range w.d.Secrets {
		for _, r := range s.Replicas {
			if r.KMSKeyID != nil {
				replicas = append(replicas, w.arn("secretsmanager", r.Region, "secret:"+s.Name+anySuffix))
			}
		}
	}
	return allow("RekeyReplicas", []string{"secretsmanager:UpdateSecret"}, replicas...)
}

// encryptReplicas lets copies be encrypted with keys of their regions (AWS
// Secrets Manager, ReplicateSecretToRegions). IAM takes no alias for a
// resource, so those are a condition.
func (w *writer) encryptReplicas() []Statement {
	var keys, regions, aliases []string
	for _, s := range w.d.Secrets {
		for _, r := range s.Replicas {
			id := text(r.KMSKeyID)
			_, alias, named := strings.Cut(":"+id, ":alias/")
			switch {
			case id == "":
			case named:
				aliases, regions = append(aliases, "alias/"+alias), append(regions, w.arn("kms", r.Region, "key/*"))
			case strings.HasPrefix(id, "arn:"):
				keys = append(keys, id)
			default:
				keys = append(keys, w.arn("kms", r.Region, "key/"+id))
			}
		}
	}
	actions := []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
	byAlias := allow("EncryptReplicasByAlias", actions, unique(regions)...)
	byAlias.Condition = map[string]map[string][]string{"ForAnyValue:StringEquals": {"kms:ResourceAliases": unique(aliases)}}
	return []Statement{allow("EncryptReplicas", actions, unique(keys)...), byAlias}
}
