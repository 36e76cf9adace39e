package source

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Ref names a source. At most one of Git and Bucket is set; with neither it is
// a folder.
type Ref struct {
	Folder string // a path; "" is the deploy_config that Options name
	Git    *Git
	Bucket *Bucket
}

// Git is a folder of a git repository at a branch, a tag or a commit.
type Git struct {
	URL  string // without credentials: https, ssh, file, http to this machine, or HOST:PATH as scp has it
	Path string // of the project's folder or its deploy_config, in slashes; "" is the repository's root
	Ref  string // a branch, a tag, a full name as refs/…, or a commit's 40 digits; "" is the default branch
}

// Bucket is what has one prefix in a bucket of S3.
type Bucket struct {
	Name   string
	Prefix string // of the project's folder or its deploy_config, without slashes around it; "" is the whole bucket
	Region string // "" is the region of the client's configuration
}

// String is the text that Parse reads. It may be shown: there are no
// credentials in it.
func (r Ref) String() string {
	switch {
	case r.Git != nil:
		return r.Git.String()
	case r.Bucket != nil:
		return r.Bucket.String()
	default:
		return r.Folder
	}
}

// String is the text that Parse reads.
func (g Git) String() string {
	text := "git::" + g.URL
	if g.Path != "" {
		text += "//" + g.Path
	}
	if g.Ref != "" {
		text += "?ref=" + escapeQuery(g.Ref)
	}
	return text
}

// String is the text that Parse reads.
func (b Bucket) String() string {
	text := "s3://" + b.Name
	if b.Prefix != "" {
		text += "/" + b.Prefix
	}
	if b.Region != "" {
		text += "?region=" + b.Region
	}
	return text
}

// Parse reads what --source says: a folder's path, git::URL//PATH?ref=REF or
// s3://BUCKET/PREFIX?region=REGION. Its errors repeat nothing of the text in
// which credentials could stand.
func Parse(text string) (Ref, error) {
	rest, isGit := strings.CutPrefix(text, "git::")
	switch {
	case strings.ContainsFunc(text, isControl):
		return Ref{}, errors.New("the source has a control character in it")
	case isGit:
		git, err := parseGit(rest)
		return Ref{Git: git}, err
	case strings.HasPrefix(text, "s3://"):
		bucket, err := parseBucket(strings.TrimPrefix(text, "s3://"))
		return Ref{Bucket: bucket}, err
	default:
		return Ref{Folder: text}, checkFolder(text)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }

// checkFolder refuses what is meant for another kind of source.
func checkFolder(text string) error {
	const forms = "want a folder, git::URL//PATH?ref=REF or s3://BUCKET/PREFIX"
	switch scheme := regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):(?://|:)`).FindStringSubmatch(text); {
	case scheme != nil && slices.Contains([]string{"https", "http", "ssh", "git", "file"}, strings.ToLower(scheme[1])):
		return errors.New("the source is a URL; a git repository is written git::URL//PATH?ref=REF")
	case scheme != nil:
		return fmt.Errorf("%s is no kind of source; %s", scheme[1], forms)
	case regexp.MustCompile(`^[^/\s]+@[^/\s]+:`).MatchString(text):
		return errors.New("the source looks like a git repository, which is written git::HOST:PATH//PATH?ref=REF")
	default:
		return nil
	}
}

// parameter is the value behind the question mark, where no other name than
// allowed may stand; "" without one.
func parameter(query, allowed string) (string, error) {
	if query == "" {
		return "", nil
	}
	name, value, _ := strings.Cut(query, "=")
	if name != allowed || strings.ContainsAny(value, "&;") {
		return "", fmt.Errorf("after the question mark stands %s=… alone", allowed)
	}
	value, err := unescapeQuery(value)
	if err != nil || value == "" {
		return "", fmt.Errorf("%s= in the source has no value that can be read", allowed)
	}
	return value, nil
}

// cleanPath is a path below a root, in slashes and without any at its ends.
func cleanPath(text string) (string, error) {
	text = strings.Trim(text, "/")
	if text == "" {
		return "", nil
	}
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part == "." || part == ".." || strings.Contains(part, `\`) || strings.EqualFold(part, ".git") {
			return "", errors.New("the path in the source must lead down from the root, without empty parts, dots, backslashes or .git")
		}
	}
	return text, nil
}

// parseBucket reads what stands behind s3://.
func parseBucket(text string) (*Bucket, error) {
	text, query, _ := strings.Cut(text, "?")
	name, prefix, _ := strings.Cut(text, "/")
	// AWS: S3, "General purpose bucket naming rules".
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(name) {
		return nil, errors.New("s3:// is followed by no bucket's name; want s3://BUCKET/PREFIX, and credentials by the usual ways of AWS")
	}
	prefix, err := cleanPath(prefix)
	if err != nil {
		return nil, err
	}
	region, err := parameter(query, "region")
	if err != nil {
		return nil, err
	}
	if region != "" && !regexp.MustCompile(`^[a-z]{2,}(-[a-z0-9]+)+$`).MatchString(region) {
		return nil, errors.New("region= in the source is no region, such as us-west-2")
	}
	return &Bucket{Name: name, Prefix: prefix, Region: region}, nil
}
