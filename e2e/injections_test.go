package e2e

// list are the environments to be made, out of what stock made.
func (f *injections) list(account, bucket, version string) []injection {
	const (
		locations = "PROC_WRAPPER_ENV_LOCATIONS"
		config    = "PROC_WRAPPER_CONFIG_LOCATIONS"
		strategy  = "PROC_WRAPPER_CONFIG_MERGE_STRATEGY"
		suffix    = "_FOR_PROC_WRAPPER_TO_RESOLVE"
	)
	partial := "arn:aws:secretsmanager:us-west-2:" + account + ":secret:"
	env := func(pairs ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		return out
	}
	return []injection{
		{name: "nothing", env: env()},
		{name: "dotenv by partial ARN", env: env(locations, partial+"app/db.env")},
		{name: "dotenv by full ARN", env: env(locations, f.arn["app/db.env"])},
		{name: "dotenv by name", env: env(locations, "AWS_SM:app/db.env")},
		{name: "json by partial ARN", env: env(locations, partial+"app/cfg.json")},
		{name: "json by full ARN without a format", env: env(locations, f.arn["app/cfg.json"]), fails: "add !json"},
		{name: "json by full ARN with a format", env: env(locations, f.arn["app/cfg.json"]+"!json")},
		{name: "format in capitals", env: env(locations, f.arn["app/cfg.json"]+"!JSON")},
		{name: "yaml", env: env(locations, partial+"app/types.yaml")},
		{name: "yaml with a key that is no text", env: env(locations, partial+"app/keys.yaml")},
		{name: "yaml with a date", env: env(locations, partial+"app/date.yaml"), differs: "PyYAML makes a time of it, and its text is another one"},
		{name: "no extension is dotenv", env: env(locations, partial+"app/nosuffix"), fails: "add !json"},
		{name: "dotenv with a line that is none", env: env(locations, partial+"app/odd.env"), fails: "line 2"},
		{name: "no extension with a format", env: env(locations, partial+"app/nosuffix!json")},
		{name: "two locations, later wins", env: env(locations, partial+"app/db.env,"+partial+"app/more.env")},
		{name: "semicolons and blanks", env: env(locations, " "+partial+"app/db.env ; ;"+partial+"app/more.env ,")},
		{name: "deep merge", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json")},
		{name: "shallow merge", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json", strategy, "SHALLOW")},
		{name: "replace merge", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json", strategy, "REPLACE")},
		{name: "additive merge", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json", strategy, "ADDITIVE"), differs: "proc_wrapper's nested lists grow at every pass"},
		{name: "typesafe replace", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json", strategy, "TYPESAFE_REPLACE")},
		{name: "typesafe additive", env: env(locations, partial+"app/cfg.json,"+partial+"app/over.json", strategy, "TYPESAFE_ADDITIVE"), differs: "proc_wrapper's nested lists grow at every pass"},
		{name: "typesafe clash", env: env(locations, `PLAIN:{"a": 1}!json,PLAIN:{"a": "x"}!json`, strategy, "TYPESAFE_REPLACE")},
		{name: "unknown merge", env: env(locations, partial+"app/cfg.json", strategy, "OTHER")},
		{name: "plain json", env: env(locations, `PLAIN:{"A": "x"}!json`)},
		{name: "plain dotenv", env: env(locations, "PLAIN:A=x")},
		{name: "escaped comma", env: env(locations, `PLAIN:{"A": 1\, "B": 2}!json`)},
		{name: "the process's own variables win", env: env(locations, partial+"app/db.env", "USER", "own")},
		{name: "also with overwrite", env: env(locations, partial+"app/db.env", "USER", "own", "PROC_WRAPPER_OVERWRITE_ENV_WITH_SECRETS", "TRUE")},
		{name: "absent secret", env: env(locations, partial+"app/absent.env")},
		{name: "broken json", env: env(locations, partial+"app/broken.json")},
		{name: "a list for an environment", env: env(locations, partial+"app/list.json")},
		{name: "absent file", env: env(locations, "/absent/file.env")},
		{name: "file URL", env: env(locations, "file:///etc/hostname!yaml")},
		{name: "variable from a secret", env: env("DB"+suffix, "AWS_SM:app/text")},
		{name: "variable by JSONPath", env: env("PORT"+suffix, partial+"app/cfg.json|JP:$.port")},
		{name: "variable by deep JSONPath", env: env("B"+suffix, partial+"app/cfg.json|JP:$.deep.a.b[1]")},
		{name: "JSONPath without a root", env: env("B"+suffix, partial+"app/cfg.json|JP:deep.a.b[0]")},
		{name: "JSONPath with several", env: env("B"+suffix, partial+"app/cfg.json|JP:$.deep.a.b[:]")},
		{name: "JSONPath splat", env: env("B"+suffix, partial+"app/over.json|JP:$.list[*]")},
		{name: "JSONPath list of one", env: env("B"+suffix, partial+"app/over.json|JP:$.list")},
		{name: "JSONPath descent", env: env("B"+suffix, partial+"app/cfg.json|JP:$..k")},
		{name: "JSONPath children", env: env("B"+suffix, partial+"app/over.json|JP:$.deep.*")},
		{name: "JSONPath quoted name", env: env("B"+suffix, partial+"app/cfg.json|JP:$['deep']['a']")},
		{name: "JSONPath of a full ARN", env: env("A"+suffix, f.arn["app/nosuffix"]+"|JP:$.A")},
		{name: "JSONPath without a match", env: env("A"+suffix, partial+"app/cfg.json|JP:$.absent"), fails: "nothing is at the JSONPath"},
		{name: "boolean by JSONPath", env: env("T"+suffix, partial+"app/cfg.json|JP:$.tls", "F"+suffix, partial+"app/cfg.json|JP:$.off")},
		{name: "null by JSONPath", env: env("N"+suffix, partial+"app/cfg.json|JP:$.none")},
		{name: "object by JSONPath", env: env("O"+suffix, partial+"app/cfg.json|JP:$.deep")},
		{name: "whole json in a variable", env: env("O"+suffix, partial+"app/over.json")},
		{name: "SELF", env: env("O"+suffix, partial+"app/over.json|SELF")},
		{name: "unknown transform", env: env("O"+suffix, partial+"app/over.json|XX:1"), fails: "is no transform"},
		{name: "absent secret in a variable", env: env("A"+suffix, partial+"app/absent", "B"+suffix, "PLAIN:x"), fails: "the variable A"},
		{name: "the same without failing fast", env: env("A"+suffix, partial+"app/absent", "B"+suffix, "PLAIN:x", "PROC_WRAPPER_FAIL_FAST_CONFIG_RESOLUTION", "FALSE"), fails: "the variable A"},
		{name: "a value that names no store", env: env("A"+suffix, "nothing/here"), fails: "the variable A"},
		{name: "ENV reference", env: env("A"+suffix, "ENV:PRESENT")},
		{name: "ENV reference to a secret's variable", env: env(locations, partial+"app/db.env", "A"+suffix, "ENV:USER")},
		{name: "ENV reference to nothing", env: env("A"+suffix, "ENV:ABSENT"), fails: "does not exist"},
		{name: "chained variables", env: env("A"+suffix, "ENV:B", "B"+suffix, "ENV:C", "C"+suffix, "PLAIN:end"), strict: "proc_wrapper gives A the text ENV:C, since it reads B too early"},
		{name: "CONFIG reference", env: env(config, partial+"app/cfg.json", "A"+suffix, "CONFIG:$.port")},
		{name: "configuration alone", env: env(config, partial+"app/cfg.json")},
		{name: "configurations merged", env: env(config, partial+"app/cfg.json,"+partial+"app/over.json")},
		{name: "configuration with properties to resolve", env: env(config, `PLAIN:{"a__to_resolve": "AWS_SM:app/text"\, "b": {"c__to_resolve": "ENV:PRESENT"}}!json`), differs: "proc_wrapper leaves the location beside its value in nested maps"},
		{name: "an environment that says where the configuration is", env: env(locations, partial+"app/refs.json")},
		{name: "another name for the configuration", env: env(config, partial+"app/over.json", "PROC_WRAPPER_ENV_VAR_NAME_FOR_CONFIG", "CFG")},
		{name: "other marks", env: env("GET_A", "PLAIN:x", "PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_PREFIX", "GET_", "PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_SUFFIX", "A")},
		{name: "no resolution", env: env("A"+suffix, "PLAIN:x", "PROC_WRAPPER_RESOLVE_SECRETS", "FALSE")},
		{name: "no resolution of what is fetched", env: env(locations, partial+"app/more.env", "PROC_WRAPPER_RESOLVE_SECRETS", "0")},
		{name: "store in the variable's name", env: env("AWS_SM_DB"+suffix, "app/text")},
		{name: "a variable whose name is resolved and set", env: env("A"+suffix, "PLAIN:fetched", "A", "own")},
		{name: "the same with overwrite", env: env("A"+suffix, "PLAIN:fetched", "A", "own", "PROC_WRAPPER_OVERWRITE_ENV_WITH_SECRETS", "1")},
		{name: "SSM text", env: env("A"+suffix, "ssm:/app/plain", "B"+suffix, "AWS_SSM:/app/secure")},
		{name: "SSM list", env: env("A"+suffix, "ssm:/app/list")},
		{name: "SSM list by JSONPath", env: env("A"+suffix, "ssm:/app/list|JP:$[1]")},
		{name: "SSM json", env: env(locations, "AWS_SSM:/app/cfg.json")},
		{name: "SSM by ARN", env: env("A"+suffix, "arn:aws:ssm:us-west-2:"+account+":parameter/app/plain")},
		{name: "S3 object", env: env(locations, bucket+"app/obj.json")},
		{name: "S3 version", env: env(locations, bucket+"app/obj.json#"+version), differs: "proc_wrapper fails on every version of an object"},
		{name: "S3 by MIME type", env: env(locations, bucket+"noext")},
		{name: "S3 absent", env: env(locations, bucket+"absent.json")},
		{name: "AppConfig", env: env(locations, "aws:appconfig:app/env/profile")},
		{name: "AppConfig absent", env: env(locations, "AWS_APP_CONFIG:other/env/profile")},
		{name: "two regions", differs: "proc_wrapper asks the first location's region for the second, and fails", env: env(locations, partial+"app/db.env,"+"arn:aws:secretsmanager:eu-west-1:"+account+":secret:app/europe.env")},
		{name: "ECS's form of a secret's key", env: env("A"+suffix, f.arn["app/nosuffix"]+":A::"), differs: "proc_wrapper does not know it"},
		{name: "ECS's form of a secret's stage", env: env("A"+suffix, f.arn["app/versions.json"]+":V:AWSPREVIOUS:"), differs: "proc_wrapper does not know it"},
		{name: "depth", env: env(config, `PLAIN:{"a": {"b": {"c__to_resolve": "PLAIN:x"}}}!json`, "PROC_WRAPPER_MAX_CONFIG_RESOLUTION_DEPTH", "2")},
		{name: "ttl", env: env(locations, partial+"app/db.env", "A"+suffix, partial+"app/cfg.json|JP:$.port", "PROC_WRAPPER_CONFIG_TTL_SECONDS", "0")},
		{name: "output file", env: env("PROC_WRAPPER_ENV_OUTPUT_FILENAME", "out.json"), differs: "no secret is written to a file"},
	}
}
