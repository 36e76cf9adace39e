package manifest

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON writes a plain location as a string.
func (l EnvLocation) MarshalJSON() ([]byte, error) {
	switch {
	case l.Secret != nil:
		return json.Marshal(l.Secret)
	case l.Parameter != nil:
		return json.Marshal(l.Parameter)
	default:
		return json.Marshal(l.Location)
	}
}

// UnmarshalJSON reads any form, strictly. An object that names a parameter
// declares one, any other a secret.
func (l *EnvLocation) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &l.Location); err == nil {
		return nil
	}
	var form struct {
		Parameter *string `json:"parameter"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if form.Parameter != nil {
		l.Parameter = &Parameter{}
		return decoder.Decode(l.Parameter)
	}
	l.Secret = &Secret{}
	return decoder.Decode(l.Secret)
}
