// Package gitrepo tells what the git repository around a folder knows of its
// files.
//
// It guarantees that it writes nothing, that finding a repository and its
// git-crypt keys runs no program, and that git is run without a shell, with
// paths passed as data.
package gitrepo
