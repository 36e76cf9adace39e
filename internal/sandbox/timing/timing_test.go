package timing

import "testing"

// The refused ones, and those with ranges and steps, are recorded from AWS:
// localstack snapshots tests_create_schedule_with_invalid_schedule_expression and
// test_create_schedule_with_valid_cron_expressions.
func TestExpressions(t *testing.T) {
	for name, test := range map[string]struct {
		is      func(string) bool
		yes, no []string
	}{
		"cron": {IsCron, []string{
			"cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(30-30 13-13 ? * 2,4,6 *)", "cron(1-31/30 1-1 ? * 1,7 *)",
			"cron(0 18 ? * MON-FRI *)", "cron(*/15 * * * ? *)", "cron(0-59/10 0-23/2 ? * * *)", "cron(15 10 L * ? 2019-2022)",
			"cron(0 8 15W JAN-mar ? *)", "cron(0 8 ? * 6#3 *)", "cron(0 8 ? * 6L *)", "cron(0 8 ? * L 2030)", "cron(0/5 8 1 1,2 ? *)",
		}, []string{
			"cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)", "cron(71 8 1 * ? *)",
			"cron()", "cron(0 1 ? * ? *)", "cron(0 1 * * ?)", "cron(0 1 * * ? * *)", "cron(0  1 * * ? *)", "cron( 0 1 * * ? *)",
			" cron(0 1 * * ? *)", "cron(0 1 * * ? *) ", "cron(? 1 * * ? *)", "cron(0 24 * * ? *)", "cron(0 1 0 * ? *)",
			"cron(0 1 * 13 ? *)", "cron(0 1 ? * 8 *)", "cron(0 1 ? * 0 *)", "cron(0 1 * * ? 1969)", "cron(0/0 1 * * ? *)",
			"cron(5-1 1 * * ? *)", "cron(, 1 * * ? *)", "cron(+1 1 * * ? *)", "cron(0 1 ? * MON/2 *)", "cron(0 1 ? * 6#6 *)", "cron(0 1 32W * ? *)",
		}},
		"rate": {IsRate, []string{"rate(1 minute)", "rate(1 minutes)", "rate(10 hours)", "rate(3 days)"}, []string{
			"rate(10 seconds)", "rate(10 years)", "rate()", "rate(10)", "rate(10 minutess)", "rate(foo minutes)", "rate(-10 minutes)",
			"rate( 10 minutes )", " rate(10 minutes)", "rate(0 minutes)", "rate(+1 minute)", "rate(1 hour))", "rate(1.5 hours)",
		}},
		"rule's rate": {IsStrictRate, []string{"rate(1 minute)", "rate(2 minutes)"}, []string{"rate(1 minutes)", "rate(2 minute)", "rate(1 week)"}},
		"at": {IsAt, []string{"at(2022-12-31T23:59:59)"}, []string{
			"at(2021-12-31T23:59:59Z)", "at(2021-12-31)", "at(2021-02-30T00:00:00)", "at()", "at(2021-12-31T23:59:59.5)",
		}},
		"zone": {IsZone, []string{"UTC", "America/Los_Angeles", "Europe/Berlin"}, []string{"", "Local", "Mars/Olympus", "PDT", "../x"}},
	} {
		for _, text := range test.yes {
			if !test.is(text) {
				t.Errorf("%s: %q is refused", name, text)
			}
		}
		for _, text := range test.no {
			if test.is(text) {
				t.Errorf("%s: %q passes", name, text)
			}
		}
	}
}

func FuzzCron(f *testing.F) {
	f.Add("cron(0 18 ? * MON-FRI *)")
	f.Fuzz(func(t *testing.T, text string) {
		if IsCron(text) && (IsRate(text) || IsAt(text)) {
			t.Errorf("%q is two things at once", text)
		}
	})
}
