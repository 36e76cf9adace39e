package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// What signatures of ssh look like, and what git's are for (OpenSSH,
// PROTOCOL.sshsig).
const (
	sshBegin  = "-----BEGIN SSH SIGNATURE-----"
	sshEnd    = "-----END SSH SIGNATURE-----"
	magic     = "SSHSIG"
	namespace = "git"
)

// signed is a signature's content.
type signed struct {
	Version                   uint32
	Key                       []byte
	Namespace, Reserved, Hash string
	Signature                 []byte
}

// IsSSH tells a signature of ssh from others.
func IsSSH(armored string) bool { return strings.HasPrefix(strings.TrimSpace(armored), sshBegin) }

// CheckSSH is nil when one of the keys signed the payload for git, and might
// sign at that time. As with git the time is what the commit says of itself, so
// that whoever holds a key whose time is over can still sign for then; taking
// it off the list ends that.
func (k *Keys) CheckSSH(payload []byte, armored string, at time.Time) error {
	s, err := parse(armored)
	if err != nil {
		return err
	}
	if s.Namespace != namespace {
		return errors.New("its signature was made for something else than git")
	}
	i := slices.IndexFunc(k.ssh, func(of signer) bool { return bytes.Equal(of.key.Marshal(), s.Key) && of.may(at) })
	if i < 0 {
		return errors.New("no ssh key that may sign at its time made its signature")
	}
	return s.check(k.ssh[i].key, payload)
}

func (s signer) may(at time.Time) bool {
	return (s.after.IsZero() || !at.Before(s.after)) && (s.before.IsZero() || at.Before(s.before))
}

// parse takes the armor off a signature.
func parse(armored string) (signed, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(armored), sshBegin)
	text, ended := strings.CutSuffix(text, sshEnd)
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	content, isSignature := bytes.CutPrefix(data, []byte(magic))
	var s signed
	if !ok || !ended || err != nil || !isSignature || ssh.Unmarshal(content, &s) != nil || s.Version != 1 {
		return signed{}, errors.New("its signature cannot be read")
	}
	return s, nil
}

// check verifies with a key. RSA with SHA-1 counts for nothing.
func (s signed) check(key ssh.PublicKey, payload []byte) error {
	sum, err := s.sum(payload)
	if err != nil {
		return err
	}
	var made ssh.Signature
	if err := ssh.Unmarshal(s.Signature, &made); err != nil || made.Format == ssh.KeyAlgoRSA {
		return errors.New("its signature is of a form that is not taken")
	}
	data := append([]byte(magic), ssh.Marshal(struct {
		Namespace, Reserved, Hash string
		Sum                       []byte
	}{s.Namespace, s.Reserved, s.Hash, sum})...)
	if err := key.Verify(data, &made); err != nil {
		return errors.New("its signature is not of what it holds")
	}
	return nil
}

func (s signed) sum(payload []byte) ([]byte, error) {
	switch s.Hash {
	case "sha256":
		sum := sha256.Sum256(payload)
		return sum[:], nil
	case "sha512":
		sum := sha512.Sum512(payload)
		return sum[:], nil
	default:
		return nil, errors.New("its signature is of a form that is not taken")
	}
}
