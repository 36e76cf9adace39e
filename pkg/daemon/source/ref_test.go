package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/source"
)

func TestParse(t *testing.T) {
	git := func(url, path, ref string) source.Ref {
		return source.Ref{Git: &source.Git{URL: url, Path: path, Ref: ref}}
	}
	for text, want := range map[string]source.Ref{
		"":                                 {},
		"project/deploy_config":            {Folder: "project/deploy_config"},
		"/srv/a b":                         {Folder: "/srv/a b"},
		"git::https://host/org/repo.git":   git("https://host/org/repo.git", "", ""),
		"git::https://host/org/repo//a/b/": git("https://host/org/repo", "a/b", ""),
		"git::https://host:8443/r.git//deploy_config?ref=main": git("https://host:8443/r.git", "deploy_config", "main"),
		"git::https://host/r.git?ref=feature/x%2By":            git("https://host/r.git", "", "feature/x+y"),
		"git::ssh://git@host:2222/r.git//p?ref=v1":             git("ssh://git@host:2222/r.git", "p", "v1"),
		"git::git@host:org/repo.git//p?ref=refs/heads/main":    git("git@host:org/repo.git", "p", "refs/heads/main"),
		"git::host:repo":               git("host:repo", "", ""),
		"git::file:///srv/repo.git//p": git("file:///srv/repo.git", "p", ""),
		"git::http://127.0.0.1:8000/r": git("http://127.0.0.1:8000/r", "", ""),
		"git::http://localhost/r":      git("http://localhost/r", "", ""),
		"git::https://h/r?ref=0123456789012345678901234567890123456789": git("https://h/r", "", "0123456789012345678901234567890123456789"),
		"s3://bucket": {Bucket: &source.Bucket{Name: "bucket"}},
		"s3://my.bucket/a/b/?region=eu-central-1": {Bucket: &source.Bucket{Name: "my.bucket", Prefix: "a/b", Region: "eu-central-1"}},
	} {
		got, err := source.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"git::https://user:hunter2@host/r.git":     "credentials in its URL",
		"git::https://hunter2@host/r.git":          "credentials in its URL",
		"git::ssh://git:hunter2@host/r.git":        "credentials in its URL",
		"git::user:hunter2@host:r.git":             "credentials in its URL",
		"git::hunter2@host":                        "credentials in its URL",
		"https://hunter2@host/r.git":               "git::URL",
		"git@host:org/repo.git":                    "git::HOST",
		"hg::https://host/r":                       "hg is no kind of source",
		"gs://bucket/x":                            "gs is no kind of source",
		"git::":                                    "no URL",
		"git::https://host":                        "no repository",
		"git::https:///r":                          "host",
		"git::https://host/%zz:hunter2":            "no URL",
		"git::http://example.com/r":                "want https",
		"git::git://host/r":                        "not read by git",
		"git::ftp://host/r":                        "not read by ftp",
		"git::file://host/r":                       "host",
		"git::https://host/r#hunter2":              "no repository",
		"git::https://host/r//../x":                "must lead down",
		"git::https://host/r//a/.git/x":            "must lead down",
		"git::https://host/r//a//b":                "must lead down",
		"git::https://host/r?ref=":                 "no value",
		"git::https://host/r?ref=-x":               "no name of a branch",
		"git::https://host/r?ref=a..b":             "no name of a branch",
		"git::https://host/r?ref=a&depth=1":        "ref=… alone",
		"git::https://host/r?access_token=hunter2": "ref=… alone",
		"s3://":                           "no bucket's name",
		"s3://AKIA:hunter2@bucket/x":      "no bucket's name",
		"s3://bucket/../x":                "must lead down",
		"s3://bucket/x?region=hunter2!":   "no region",
		"s3://bucket/x?versionId=hunter2": "region=… alone",
		"git::https://host/r\nhunter2":    "control character",
	} {
		_, err := source.Parse(text)
		switch {
		case err == nil:
			t.Errorf("%q is taken", text)
		case !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v; want %q", text, err, want)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%q: the error repeats credentials: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "a", "git::https://h/r//p?ref=x", "git::git@h:r//p", "s3://bucket/p?region=us-west-2", "git::ssh://u@h:1/~x/r", "git::file:///x?ref=%2B"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := source.Parse(text)
		if err != nil {
			return
		}
		again, err := source.Parse(ref.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, ref, err)
		}
		if diff := cmp.Diff(ref, again); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if strings.Contains(strings.SplitN(ref.String(), "?", 2)[0], "://:") {
			t.Errorf("%q became %q", text, ref)
		}
	})
}

func FuzzParseKeepsPasswords(f *testing.F) {
	const password = "hunter2hunter2"
	f.Add("git::https://u:", "@h/r")
	f.Add("git::ssh://u:", "@h/r//p?ref=x")
	f.Add("git::u:", "@h:r")
	f.Add("s3://u:", "@bucket/x")
	f.Fuzz(func(t *testing.T, before, after string) {
		if _, err := source.Parse(before + password + after); err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%q %q: %v", before, after, err)
		}
	})
}
