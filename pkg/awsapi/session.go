package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"go.uber.org/zap"

	"ecs-reconciler/pkg/spec"
)

// maxAttempts and maxBackoff bound the SDK's own retries of throttled and
// passing failures: about a minute and a half in all.
const (
	maxAttempts = 8
	maxBackoff  = 20 * time.Second
)

// Options choose how AWS is reached. The zero value uses the SDK's own chain
// of credentials, region and endpoints.
type Options struct {
	Region        string            // "" leaves it to the SDK's chain
	AssumeRoleARN string            // assumed before the first call; may be empty
	SessionName   string            // of the assumed role
	ExternalID    string            // that the role's trust policy may want; may be empty
	SessionTags   map[string]string // of the assumed role's session; its trust policy must allow sts:TagSession
	Transport     http.RoundTripper // nil for the network; the sandbox gives its own
	Static        bool              // use made-up credentials and no settings of the user's, for an endpoint that checks none
	Limits        bool              // keep within AWS's documented rates
	Limiters      *Limiters         // shared with other sessions of the process, once Caller has told the account; nil for limits of its own
	Log           *zap.Logger       // debug lines, one a call: names only; nil for none
}

// Session is a configured connection to one account and region.
// It refuses writes until its gate is opened.
type Session struct {
	Config aws.Config
	Calls  *Calls
	Gate   *Gate

	keeping *keeping // nil without limits
}

// Open loads credentials and region. It sends nothing.
func Open(ctx context.Context, o Options) (*Session, error) {
	cfg, err := load(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("cannot set up AWS access: %w", err)
	}
	if cfg.Region == "" {
		return nil, &spec.Error{Message: "no AWS region is known",
			Hint: "name it in the spec, or set AWS_REGION"}
	}
	if o.Transport != nil {
		// Only now: loading wants a client of the SDK's own type when
		// AWS_CA_BUNDLE is set.
		cfg.HTTPClient = &http.Client{Transport: o.Transport}
	}
	s := &Session{Config: cfg, Calls: NewCalls(), Gate: &Gate{}}
	s.observe(o)
	if o.AssumeRoleARN != "" {
		s.assume(o)
	}
	return s, nil
}

// observe puts the gate, the counts, the limits and the log into every client
// that is made from the session, the one that assumes a role included. What is
// registered later runs earlier: an attempt waits for its turn, passes the gate,
// and is counted.
func (s *Session) observe(o Options) {
	s.Config.APIOptions = append(s.Config.APIOptions, s.Gate.register, s.Calls.register, s.Gate.registerLast, endRetries)
	if o.Limits {
		s.keeping = newKeeping(o.Limiters)
		s.Config.APIOptions = append(s.Config.APIOptions, s.keeping.register)
	}
	if o.Log != nil {
		s.Config.APIOptions = append(s.Config.APIOptions, logCalls(o.Log))
	}
}

// load reads the SDK's own chain of settings.
func load(ctx context.Context, o Options) (aws.Config, error) {
	if o.Static {
		return madeUp(o.Region)
	}
	var opts []func(*config.LoadOptions) error
	if o.Region != "" {
		opts = append(opts, config.WithRegion(o.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return cfg, err
	}
	attempts := cfg.RetryMaxAttempts // of AWS_MAX_ATTEMPTS or the profile; 0 when neither tells
	if attempts == 0 {
		attempts = maxAttempts
	}
	cfg.Retryer = func() aws.Retryer { return retryer(attempts) }
	return cfg, nil
}

// madeUp needs none of the user's settings but, when the spec names no region,
// the environment's, so that a broken profile does not stand in the sandbox's
// way.
func madeUp(region string) (aws.Config, error) {
	if region == "" {
		env, err := config.NewEnvConfig()
		if err != nil {
			return aws.Config{}, err
		}
		region = env.Region
	}
	return aws.Config{
		Region: region, Retryer: func() aws.Retryer { return retryer(maxAttempts) },
		Credentials: credentials.NewStaticCredentialsProvider("sandbox", "sandbox", ""),
	}, nil
}

// retryer tries each call up to attempts times, on its own. The SDK's default
// shares one quota of retries among all calls of a client, which a burst of
// throttled calls uses up, so that the calls after it fail at once. Beside what
// the SDK retries it does so with an answer that broke off in its body.
func retryer(attempts int) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff, o.RateLimiter = attempts, maxBackoff, ratelimit.None
		o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(brokenOff))
	})
}

// brokenOff tells whether an answer ended before its time.
func brokenOff(err error) aws.Ternary {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

func (s *Session) assume(o Options) {
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(s.Config), o.AssumeRoleARN,
		func(a *stscreds.AssumeRoleOptions) {
			a.RoleSessionName = o.SessionName
			if o.ExternalID != "" {
				a.ExternalID = &o.ExternalID
			}
			for _, key := range slices.Sorted(maps.Keys(o.SessionTags)) {
				a.Tags = append(a.Tags, types.Tag{Key: aws.String(key), Value: aws.String(o.SessionTags[key])})
			}
		})
	s.Config.Credentials = aws.NewCredentialsCache(provider)
}

// Caller is who the credentials belong to.
type Caller struct {
	AccountID string
	ARN       string
	Partition string
}

// Caller asks AWS who is calling. From then on the session keeps to the limits
// that it shares with others of that account and region.
func (s *Session) Caller(ctx context.Context) (Caller, error) {
	// The first call tells whether AWS can be reached at all: that should not
	// take a minute.
	soon := func(o *sts.Options) {
		if o.RetryMaxAttempts == 0 {
			o.RetryMaxAttempts = 3
		}
	}
	out, err := sts.NewFromConfig(s.Config, soon).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Caller{}, fmt.Errorf("cannot tell whose AWS credentials these are: %w", Classify(err))
	}
	arn, err := spec.ParseARN(aws.ToString(out.Arn))
	if err != nil {
		return Caller{}, fmt.Errorf("sts:GetCallerIdentity answered with no ARN: %w", err)
	}
	s.keeping.joins(aws.ToString(out.Account), s.Config.Region)
	return Caller{AccountID: aws.ToString(out.Account), ARN: arn.String(), Partition: arn.Partition}, nil
}
