package manifest

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON writes a plain location as a string.
func (l EnvLocation) MarshalJSON() ([]byte, error) {
	if l.Secret == nil {
		return json.Marshal(l.Location)
	}
	return json.Marshal(l.Secret)
}

// UnmarshalJSON reads either form, strictly.
func (l *EnvLocation) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &l.Location); err == nil {
		return nil
	}
	l.Secret = &Secret{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(l.Secret)
}
