// Package source is where the daemon's specs come from: a folder, a branch of a
// git repository, or a prefix of a bucket in S3.
//
// It guarantees that what a Snapshot names is whole and of one revision, and
// that a source which cannot be read, or reads as empty, is an error and never
// a snapshot: nothing that was there is taken for deleted because a server, a
// branch or a file system was gone for a while. What comes from git or S3 is
// bounded in size and number, stays within a private folder that nobody else
// may read, and is removed when it is no longer used, after a kill by the next
// process. Errors and revisions tell neither credentials nor anything made of
// the files' content.
package source
