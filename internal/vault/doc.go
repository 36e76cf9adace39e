// Package vault works on encrypted files where they lie: it replaces them, has
// them edited, and compares them key by key.
//
// It guarantees that a file is replaced as a whole or not at all, with its mode
// and owner, and not when somebody else changed it meanwhile; that an edited
// text is never on a disk where the machine has folders in memory, and is
// overwritten and removed however the edit ends, short of SIGKILL; and that a
// comparison holds names alone, no value, length or digest of one.
package vault
