package events

import (
	"strings"
	"unicode"
)

// identity is who did something (CloudTrail User Guide, "userIdentity element").
type identity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
	InvokedBy   string `json:"invokedBy"`
}

// words say who it is.
func (i identity) words() string {
	who, service := i.principal(), i.InvokedBy
	switch {
	case service == "AWS Internal":
		service = "AWS itself"
	case service != "":
		service = "the service " + service
	}
	switch {
	case who == "" && service == "":
		return ""
	case who == "":
		return shown(service)
	case service == "":
		return shown(who)
	default:
		return shown(who + ", through " + service)
	}
}

// principal is who it is, by its ARN where there is one.
func (i identity) principal() string {
	parts := strings.SplitN(i.ARN, ":", 6)
	if len(parts) < 6 {
		return i.withoutARN()
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "root":
		return "the root user of account " + parts[4]
	case "assumed-role":
		role, session, _ := strings.Cut(name, "/")
		return "role " + role + ", session " + session
	case "user":
		return "user " + lastPart(name)
	case "federated-user":
		return "federated user " + name
	default:
		return i.ARN
	}
}

func (i identity) withoutARN() string {
	switch {
	case i.UserName != "":
		return "user " + i.UserName
	case i.Type == "AWSAccount" && i.AccountID != "":
		return "account " + i.AccountID
	case i.Type == "AWSService":
		return ""
	default:
		return i.PrincipalID
	}
}

// maxActor is longer than any name that AWS allows two of.
const maxActor = 256

// shown is a text without what a page or a terminal would not show as it is.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > maxActor {
		return string(runes[:maxActor-1]) + "…"
	}
	return text
}
