// Package e2e holds black-box suites: the built program against AWS as moto,
// ministack and its own sandbox play it, judged by boto3, the AWS CLI and
// proc_wrapper, none of which were written here.
//
// It guarantees that every call is seen: a proxy stands before each emulator
// and counts, so "no writes" means that none was sent. Where an emulator
// differs from AWS, one table says so with the reason, and a difference that
// has gone away fails as loudly as a new one.
//
// A missing tool fails the tests; `make tools` installs them all. The program
// and the emulators are started by the tests, so that a result that Go has
// cached may be out of date: run with -count=1.
package e2e
