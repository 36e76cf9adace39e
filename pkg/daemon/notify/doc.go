// Package notify sends what happened to a webhook: drift, corrections, failures
// and recoveries, as JSON of a documented form or as a message for Slack.
//
// Telling it never blocks: what does not fit is dropped and counted, and the
// next message says how much was. The webhook's URL is a secret, and stands in no
// log and no error; no message holds a secret, since a status.Record holds none.
package notify
