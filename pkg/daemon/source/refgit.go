package source

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// errCredentials refuses a URL that says who one is: it would stand in process
// lists, shell histories and logs.
var errCredentials = errors.New("the source has credentials in its URL; give a token by --git-token-file, GIT_TOKEN or netrc, and a key by --git-ssh-key")

func escapeQuery(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "%2F", "/") }

func unescapeQuery(text string) (string, error) {
	text, err := url.QueryUnescape(text)
	if err != nil || strings.ContainsFunc(text, isControl) {
		return "", errors.New("it cannot be read")
	}
	return text, nil
}

// parseGit reads what stands behind git::.
func parseGit(text string) (*Git, error) {
	text, query, _ := strings.Cut(text, "?")
	ref, err := parameter(query, "ref")
	if err != nil {
		return nil, err
	}
	if ref != "" && !isRefName(ref) {
		return nil, errors.New("ref= in the source is no name of a branch or a tag, and no commit")
	}
	repository, folder := splitPath(text)
	if err := checkRepository(repository); err != nil {
		return nil, err
	}
	folder, err = cleanPath(folder)
	if err != nil {
		return nil, err
	}
	return &Git{URL: repository, Path: folder, Ref: ref}, nil
}

// splitPath takes the path behind the second // from a URL.
func splitPath(text string) (repository, folder string) {
	start := 0
	if i := strings.Index(text, "://"); i >= 0 {
		start = i + len("://")
	}
	if i := strings.Index(text[start:], "//"); i >= 0 {
		return text[:start+i], text[start+i:]
	}
	return text, ""
}

// isRefName knows what git-check-ref-format(1) refuses.
func isRefName(name string) bool {
	if strings.ContainsAny(name, " ~^:?*[\\") || strings.Contains(name, "..") || strings.Contains(name, "@{") || name == "@" || strings.HasPrefix(name, "-") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// scpForm is [USER@]HOST:PATH.
func scpForm() *regexp.Regexp {
	return regexp.MustCompile(`^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):([^@:\s]+)$`)
}

func checkRepository(text string) error {
	if !strings.Contains(text, "://") {
		switch m := scpForm().FindStringSubmatch(text); {
		case m == nil && strings.Contains(text, "@"):
			return errCredentials
		case m == nil:
			return errors.New("git:: is followed by no URL; want git::https://HOST/REPOSITORY//PATH?ref=REF, ssh://… or HOST:PATH")
		}
		return nil
	}
	u, err := url.Parse(text)
	if err != nil { // it repeats the text
		return errors.New("what follows git:: is no URL")
	}
	return checkURL(u)
}

func checkURL(u *url.URL) error {
	_, hasPassword := u.User.Password()
	switch {
	case hasPassword, u.User != nil && u.Scheme != "ssh":
		return errCredentials
	case u.User != nil && !regexp.MustCompile(`^[A-Za-z0-9._-]+$`).MatchString(u.User.Username()):
		return errors.New("the user in the source's URL is no user's name")
	case u.Fragment != "" || u.RawFragment != "" || u.Opaque != "" || strings.Contains(u.Path, "#") || strings.Trim(u.Path, "/") == "":
		return errors.New("the source's URL names no repository; want git::https://HOST/REPOSITORY//PATH?ref=REF")
	case (u.Hostname() == "") != (u.Scheme == "file"):
		return errors.New("the source's URL needs a host, or none for file:///")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("who is on the way could change specs that come by http; want https")
	case u.Scheme != "https" && u.Scheme != "ssh" && u.Scheme != "file" && u.Scheme != "http":
		return fmt.Errorf("git repositories are not read by %s; want https, ssh or file", u.Scheme)
	}
	return nil
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
