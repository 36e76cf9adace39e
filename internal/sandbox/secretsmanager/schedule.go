package secretsmanager

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// The bounds of rotation schedules, from the user guide on schedule
// expressions: at most every four hours, and at least every thousand days.
const (
	fewestHours = 4
	mostDays    = 1000
	dayHours    = 24
)

// checkRules refuses a schedule that AWS would not keep.
func checkRules(rules *types.RotationRulesType) error {
	if rules == nil {
		return nil
	}
	days, expression := rules.AutomaticallyAfterDays, aws.ToString(rules.ScheduleExpression)
	if (days == nil) == (expression == "") {
		return invalidParameter("You must specify either AutomaticallyAfterDays or ScheduleExpression, but not both.")
	}
	window, err := strconv.Atoi(strings.TrimSuffix(aws.ToString(rules.Duration), "h"))
	if rules.Duration != nil && (err != nil || window < 1 || window > dayHours) {
		return invalidParameter("The rotation window must not extend into the next UTC day.")
	}
	if days != nil || isCron(expression) {
		return nil
	}
	every, ok := rate(expression)
	switch {
	case !ok || every < fewestHours*time.Hour || every > mostDays*dayHours*time.Hour:
		return invalidParameter("The ScheduleExpression %s is not valid.", expression)
	case time.Duration(window)*time.Hour > every:
		return invalidParameter("The rotation window must not extend into the next rotation window.")
	default:
		return nil
	}
}

// rate reads "rate(10 days)" or "rate(12 hours)".
func rate(expression string) (time.Duration, bool) {
	parts := regexp.MustCompile(`^rate\(([1-9][0-9]{0,4}) (hour|day)s?\)$`).FindStringSubmatch(expression)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	if parts[2] == "day" {
		n *= dayHours
	}
	return time.Duration(n) * time.Hour, err == nil
}

// isCron recognises cron(0 H D M W *): Secrets Manager's rotation windows open
// on the hour and in any year, and one of the two days is "?".
func isCron(expression string) bool {
	const field = `[0-9A-Z*,/#L-]+`
	return regexp.MustCompile(`^cron\(0 ` + field + ` (\? ` + field + ` ` + field + `|` + field + ` ` + field + ` \?) \*\)$`).
		MatchString(expression)
}

// next is the last moment of the day by which the secret is to be rotated; nil
// for one that is not, and where a cron expression, which the sandbox does not
// reckon with, says when.
func (r Rotation) next() *time.Time {
	if !aws.ToBool(r.Enabled) || r.Rules == nil {
		return nil
	}
	every, ok := rate(aws.ToString(r.Rules.ScheduleExpression))
	if days := r.Rules.AutomaticallyAfterDays; days != nil {
		every, ok = time.Duration(*days)*dayHours*time.Hour, true
	}
	if !ok {
		return nil
	}
	const day = dayHours * time.Hour
	end := r.Since.Add(every).Truncate(day).Add(day - time.Second)
	return &end
}
