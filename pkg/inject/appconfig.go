package inject

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// appConfigStore is AppConfig: aws:appconfig:APPLICATION/ENVIRONMENT/PROFILE.
// The SDK's module for it is not among those that this program is built with,
// and its two calls are plain ones (AWS: AppConfig Data API reference), so
// they are made here with the SDK's own signer.
type appConfigStore struct{ *clients }

func (s appConfigStore) fetch(ctx context.Context, address string) (fetched, error) {
	ids := strings.Split(strings.TrimPrefix(address, "aws:appconfig:"), "/")
	if len(ids) != 3 {
		return fetched{}, errors.New("want aws:appconfig:APPLICATION/ENVIRONMENT/PROFILE")
	}
	cfg, err := s.in(ctx, "")
	if err != nil {
		return fetched{}, err
	}
	body, err := json.Marshal(map[string]string{"ApplicationIdentifier": ids[0], "EnvironmentIdentifier": ids[1], "ConfigurationProfileIdentifier": ids[2]})
	if err != nil {
		return fetched{}, err
	}
	var session struct{ InitialConfigurationToken string }
	raw, _, err := appConfigCall(ctx, cfg, http.MethodPost, "/configurationsessions", body)
	if err == nil {
		err = json.Unmarshal(raw, &session)
	}
	if err != nil {
		return fetched{}, fmt.Errorf("begin an AppConfig session: %w", err)
	}
	raw, mime, err := appConfigCall(ctx, cfg, http.MethodGet, "/configuration?configuration_token="+url.QueryEscape(session.InitialConfigurationToken), nil)
	if err != nil {
		return fetched{}, fmt.Errorf("read from AppConfig: %w", err)
	}
	return fetched{text: string(raw), format: formatOfType(mime)}, nil
}

// appConfigEndpoint is AWS's, unless the configuration says otherwise.
func appConfigEndpoint(cfg aws.Config) string {
	if cfg.BaseEndpoint != nil {
		return strings.TrimSuffix(*cfg.BaseEndpoint, "/")
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		domain += ".cn"
	}
	return "https://appconfigdata." + cfg.Region + "." + domain
}

// appConfigCall makes one signed call and returns its body and MIME type.
func appConfigCall(ctx context.Context, cfg aws.Config, method, path string, body []byte) (answer []byte, mime string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, appConfigEndpoint(cfg)+path, bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	who, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, who, request, hex.EncodeToString(sum[:]), "appconfig", cfg.Region, time.Now()); err != nil {
		return nil, "", err
	}
	response, err := clientOf(cfg).Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	answer, err = io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s (%s)", response.Status, response.Header.Get("X-Amzn-Errortype"))
	}
	return answer, response.Header.Get("Content-Type"), err
}

// clientOf is the SDK's own client unless the configuration brings one.
func clientOf(cfg aws.Config) aws.HTTPClient {
	if cfg.HTTPClient != nil {
		return cfg.HTTPClient
	}
	return awshttp.NewBuildableClient()
}
