// Package timing says whether AWS takes an expression of when something shall
// happen, as EventBridge Scheduler and EventBridge rules write it.
//
// It guarantees that what passes is of a form that AWS documents: six fields
// with one question mark, rates of minutes, hours or days, moments to the
// second, and zones of the IANA database.
package timing
