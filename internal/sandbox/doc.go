// Package sandbox is an AWS endpoint inside our own process, spoken to over
// HTTP by the real SDK, boto3 and the AWS CLI.
//
// It guarantees that it is never kinder than AWS: what AWS refuses it refuses,
// with AWS's code and words; and an operation or a request field that it does
// not know is an error, never ignored. One lock serialises every call, so that a
// backend is plain Go without locks.
//
// With a folder, all state is one file there: a line with a snapshot and a line
// for each operation performed since, which is written before the answer is
// given. What was answered survives the end of the process, however it ends;
// against a power cut only snapshots are safe, which are made when the sandbox
// opens after a crash, whenever the file has grown, and when it closes.
//
// Asked to, it is as late as AWS: listings trail behind (Options.Lag), and new
// roles cannot be used at once (Options.RoleDelay).
package sandbox
