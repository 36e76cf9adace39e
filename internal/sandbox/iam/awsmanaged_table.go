package iam

// awsManaged is one of AWS's own managed policies in the version in force.
type awsManaged struct {
	path, name, version string
	created, updated    string // RFC 3339
	document            string
}

// awsManagedTable holds the managed policies of AWS that tasks are commonly
// given. Any other is unknown to the sandbox, which then answers NoSuchEntity.
// ReadOnlyAccess, AmazonECS_FullAccess and AmazonECSServiceRolePolicy, tens of
// thousands of characters long at AWS, are cut down to the services that matter
// here. Source: AWS Managed Policy Reference.
func awsManagedTable() []awsManaged {
	return []awsManaged{
		{
			path: "/", name: "AWSXRayDaemonWriteAccess", version: "v2",
			created: "2018-08-28T23:00:33Z", updated: "2024-02-13T21:58:30Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"AWSXRayDaemonWriteAccess","Effect":"Allow",` +
				`"Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",` +
				`"xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":["*"]}]}`,
		},
		{
			path: "/", name: "AdministratorAccess", version: "v1",
			created: "2015-02-06T18:39:46Z", updated: "2015-02-06T18:39:46Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonDynamoDBReadOnlyAccess", version: "v15",
			created: "2015-02-06T18:40:12Z", updated: "2024-11-18T17:38:15Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"GeneralReadOnlyAccess","Effect":"Allow",` +
				`"Action":["application-autoscaling:DescribeScalableTargets",` +
				`"application-autoscaling:DescribeScalingActivities","application-autoscaling:DescribeScalingPolicies",` +
				`"cloudwatch:DescribeAlarmHistory","cloudwatch:DescribeAlarms","cloudwatch:DescribeAlarmsForMetric",` +
				`"cloudwatch:GetMetricStatistics","cloudwatch:ListMetrics","cloudwatch:GetMetricData",` +
				`"datapipeline:DescribeObjects","datapipeline:DescribePipelines","datapipeline:GetPipelineDefinition",` +
				`"datapipeline:ListPipelines","datapipeline:QueryObjects","dynamodb:BatchGetItem","dynamodb:Describe*",` +
				`"dynamodb:List*","dynamodb:GetAbacStatus","dynamodb:GetItem","dynamodb:GetResourcePolicy",` +
				`"dynamodb:Query","dynamodb:Scan","dynamodb:PartiQLSelect","dax:Describe*","dax:List*","dax:GetItem",` +
				`"dax:BatchGetItem","dax:Query","dax:Scan","ec2:DescribeVpcs","ec2:DescribeSubnets",` +
				`"ec2:DescribeSecurityGroups","iam:GetRole","iam:ListRoles","kms:DescribeKey","kms:ListAliases",` +
				`"sns:ListSubscriptionsByTopic","sns:ListTopics","lambda:ListFunctions","lambda:ListEventSourceMappings",` +
				`"lambda:GetFunctionConfiguration","resource-groups:ListGroups","resource-groups:ListGroupResources",` +
				`"resource-groups:GetGroup","resource-groups:GetGroupQuery","tag:GetResources","kinesis:ListStreams",` +
				`"kinesis:DescribeStream","kinesis:DescribeStreamSummary"],"Resource":"*"},{"Sid":"CCIAccess",` +
				`"Effect":"Allow","Action":"cloudwatch:GetInsightRuleReport",` +
				`"Resource":"arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*"}]}`,
		},
		{
			path: "/", name: "AmazonEC2ContainerRegistryReadOnly", version: "v3",
			created: "2015-12-21T17:04:15Z", updated: "2019-12-10T20:56:32Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken",` +
				`"ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:GetRepositoryPolicy",` +
				`"ecr:DescribeRepositories","ecr:ListImages","ecr:DescribeImages","ecr:BatchGetImage",` +
				`"ecr:GetLifecyclePolicy","ecr:GetLifecyclePolicyPreview","ecr:ListTagsForResource",` +
				`"ecr:DescribeImageScanFindings"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonECS_FullAccess", version: "v22",
			created: "2017-11-07T21:36:54Z", updated: "2026-09-02T14:47:07Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Action":["application-autoscaling:DescribeScalableTargets","cloudwatch:DescribeAlarms",` +
				`"cloudwatch:GetMetricStatistics","ec2:Describe*","ecs:*","elasticloadbalancing:Describe*",` +
				`"events:DescribeRule","events:ListTargetsByRule","iam:ListRoles","logs:CreateLogGroup",` +
				`"logs:DescribeLogGroups","logs:FilterLogEvents"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonS3FullAccess", version: "v2",
			created: "2015-02-06T18:40:58Z", updated: "2021-09-27T20:16:37Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],` +
				`"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonS3ReadOnlyAccess", version: "v3",
			created: "2015-02-06T18:40:59Z", updated: "2023-08-10T21:31:39Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*",` +
				`"s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonSESFullAccess", version: "v1",
			created: "2015-02-06T18:41:02Z", updated: "2015-02-06T18:41:02Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ses:*"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonSQSReadOnlyAccess", version: "v4",
			created: "2015-02-06T18:41:08Z", updated: "2024-05-24T18:16:44Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"AmazonSQSReadOnlyAccess","Effect":"Allow",` +
				`"Action":["sqs:GetQueueAttributes","sqs:GetQueueUrl","sqs:ListDeadLetterSourceQueues","sqs:ListQueues",` +
				`"sqs:ListMessageMoveTasks","sqs:ListQueueTags"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonSSMManagedInstanceCore", version: "v2",
			created: "2019-03-15T17:22:12Z", updated: "2019-05-23T16:54:21Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:DescribeAssociation",` +
				`"ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument","ssm:DescribeDocument","ssm:GetManifest",` +
				`"ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations","ssm:ListInstanceAssociations",` +
				`"ssm:PutInventory","ssm:PutComplianceItems","ssm:PutConfigurePackageResult",` +
				`"ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation"],` +
				`"Resource":"*"},{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel",` +
				`"ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],` +
				`"Resource":"*"},{"Effect":"Allow","Action":["ec2messages:AcknowledgeMessage",` +
				`"ec2messages:DeleteMessage","ec2messages:FailMessage","ec2messages:GetEndpoint",` +
				`"ec2messages:GetMessages","ec2messages:SendReply"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "AmazonSSMReadOnlyAccess", version: "v1",
			created: "2015-05-29T17:44:19Z", updated: "2015-05-29T17:44:19Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:Describe*","ssm:Get*",` +
				`"ssm:List*"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "CloudWatchAgentServerPolicy", version: "v3",
			created: "2018-03-07T01:06:44Z", updated: "2024-02-06T16:37:37Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"CWACloudWatchServerPermissions","Effect":"Allow",` +
				`"Action":["cloudwatch:PutMetricData","ec2:DescribeVolumes","ec2:DescribeTags","logs:PutLogEvents",` +
				`"logs:PutRetentionPolicy","logs:DescribeLogStreams","logs:DescribeLogGroups","logs:CreateLogStream",` +
				`"logs:CreateLogGroup","xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",` +
				`"xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":"*"},` +
				`{"Sid":"CWASSMServerPermissions","Effect":"Allow","Action":["ssm:GetParameter"],` +
				`"Resource":"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"}]}`,
		},
		{
			path: "/", name: "CloudWatchLogsFullAccess", version: "v8",
			created: "2015-02-06T18:40:02Z", updated: "2026-02-12T18:00:33Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"CloudWatchLogsFullAccess","Effect":"Allow",` +
				`"Action":["logs:*","cloudwatch:GenerateQuery","cloudwatch:GenerateQueryResultsSummary",` +
				`"observabilityadmin:GetS3TableIntegration","observabilityadmin:ListS3TableIntegrations",` +
				`"observabilityadmin:ListTelemetryPipelines"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "CloudWatchLogsReadOnlyAccess", version: "v12",
			created: "2015-02-06T18:40:03Z", updated: "2026-02-12T17:59:13Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"CloudWatchLogsReadOnlyAccess","Effect":"Allow",` +
				`"Action":["logs:Describe*","logs:Get*","logs:List*","logs:StartQuery","logs:StopQuery",` +
				`"logs:TestMetricFilter","logs:FilterLogEvents","logs:StartLiveTail","logs:StopLiveTail",` +
				`"cloudwatch:GenerateQuery","cloudwatch:GenerateQueryResultsSummary",` +
				`"observabilityadmin:ListS3TableIntegrations","observabilityadmin:GetS3TableIntegration",` +
				`"observabilityadmin:ListTelemetryPipelines"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "IAMReadOnlyAccess", version: "v4",
			created: "2015-02-06T18:40:39Z", updated: "2018-01-25T19:11:27Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport",` +
				`"iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy",` +
				`"iam:SimulatePrincipalPolicy"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "PowerUserAccess", version: "v12",
			created: "2015-02-06T18:39:47Z", updated: "2026-02-12T17:59:14Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*",` +
				`"account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation",` +
				`"account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions",` +
				`"iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",` +
				`"organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "ReadOnlyAccess", version: "v190",
			created: "2015-02-06T18:39:48Z", updated: "2026-09-24T17:37:08Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudformation:Describe*",` +
				`"cloudformation:Get*","cloudformation:List*","cloudtrail:LookupEvents","cloudwatch:Describe*",` +
				`"cloudwatch:Get*","cloudwatch:List*","dynamodb:BatchGetItem","dynamodb:Describe*","dynamodb:GetItem",` +
				`"dynamodb:List*","dynamodb:Query","dynamodb:Scan","ec2:Describe*","ecr:BatchGetImage","ecr:Describe*",` +
				`"ecr:Get*","ecr:List*","ecs:Describe*","ecs:List*","elasticloadbalancing:Describe*","events:Describe*",` +
				`"events:List*","iam:Get*","iam:List*","iam:Simulate*","kms:Describe*","kms:Get*","kms:List*",` +
				`"logs:Describe*","logs:FilterLogEvents","logs:Get*","logs:List*","s3:Get*","s3:List*","scheduler:Get*",` +
				`"scheduler:List*","secretsmanager:Describe*","secretsmanager:GetResourcePolicy","secretsmanager:List*",` +
				`"sqs:GetQueueAttributes","sqs:GetQueueUrl","sqs:List*","ssm:Describe*","ssm:Get*","ssm:List*",` +
				`"sts:GetCallerIdentity","tag:Get*"],"Resource":"*"}]}`,
		},
		{
			path: "/", name: "SecretsManagerReadWrite", version: "v6",
			created: "2018-04-04T18:05:29Z", updated: "2026-08-25T23:37:10Z",
			document: `{"Version":"2012-10-17","Statement":[{"Sid":"BasePermissions","Effect":"Allow",` +
				`"Action":["secretsmanager:*","cloudformation:CreateChangeSet","cloudformation:DescribeChangeSet",` +
				`"cloudformation:DescribeStackResource","cloudformation:DescribeStacks",` +
				`"cloudformation:ExecuteChangeSet","docdb-elastic:GetCluster","docdb-elastic:ListClusters",` +
				`"ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","kms:DescribeKey",` +
				`"kms:ListAliases","kms:ListKeys","lambda:ListFunctions","rds:DescribeDBClusters",` +
				`"rds:DescribeDBInstances","redshift:DescribeClusters","redshift-serverless:ListWorkgroups",` +
				`"redshift-serverless:GetNamespace","tag:GetResources"],"Resource":"*"},{"Sid":"LambdaPermissions",` +
				`"Effect":"Allow","Action":["lambda:AddPermission","lambda:CreateFunction","lambda:GetFunction",` +
				`"lambda:InvokeFunction","lambda:UpdateFunctionConfiguration"],` +
				`"Resource":"arn:aws:lambda:*:*:function:SecretsManager*"},{"Sid":"SARPermissions","Effect":"Allow",` +
				`"Action":["serverlessrepo:CreateCloudFormationChangeSet","serverlessrepo:GetApplication"],` +
				`"Resource":"arn:aws:serverlessrepo:*:*:applications/SecretsManager*"},{"Sid":"S3Permissions",` +
				`"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::awsserverlessrepo-changesets*",` +
				`"arn:aws:s3:::secrets-manager-rotation-apps-*/*"]},{"Sid":"CloudFormationTagOnCreate","Effect":"Allow",` +
				`"Action":["cloudformation:TagResource","cloudformation:UntagResource"],"Resource":"*",` +
				`"Condition":{"StringEquals":{"cloudformation:CreateAction":["CreateChangeSet","ExecuteChangeSet"]}}}]}`,
		},
		{
			path: "/aws-service-role/", name: "AmazonECSServiceRolePolicy", version: "v24",
			created: "2017-10-14T01:18:58Z", updated: "2026-04-22T23:12:09Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:AttachNetworkInterface",` +
				`"ec2:CreateNetworkInterface","ec2:DeleteNetworkInterface","ec2:Describe*",` +
				`"elasticloadbalancing:DeregisterTargets","elasticloadbalancing:Describe*",` +
				`"elasticloadbalancing:RegisterTargets","logs:CreateLogStream","logs:PutLogEvents",` +
				`"servicediscovery:DeregisterInstance","servicediscovery:RegisterInstance"],"Resource":"*"}]}`,
		},
		{
			path: "/service-role/", name: "AWSLambdaBasicExecutionRole", version: "v1",
			created: "2015-04-09T15:03:43Z", updated: "2015-04-09T15:03:43Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup",` +
				`"logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
		},
		{
			path: "/service-role/", name: "AmazonEC2ContainerServiceEventsRole", version: "v3",
			created: "2017-05-30T16:51:35Z", updated: "2023-03-06T22:25:12Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecs:RunTask"],"Resource":["*"]},` +
				`{"Effect":"Allow","Action":"iam:PassRole","Resource":["*"],` +
				`"Condition":{"StringLike":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}},{"Effect":"Allow",` +
				`"Action":"ecs:TagResource","Resource":"*",` +
				`"Condition":{"StringEquals":{"ecs:CreateAction":["RunTask"]}}}]}`,
		},
		{
			path: "/service-role/", name: "AmazonEC2ContainerServiceforEC2Role", version: "v10",
			created: "2015-03-19T18:45:18Z", updated: "2026-02-12T17:59:52Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:DescribeTags","ecs:CreateCluster",` +
				`"ecs:DeregisterContainerInstance","ecs:DiscoverPollEndpoint","ecs:Poll","ecs:RegisterContainerInstance",` +
				`"ecs:StartTelemetrySession","ecs:UpdateContainerInstancesState","ecs:Submit*",` +
				`"ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer",` +
				`"ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"},{"Effect":"Allow",` +
				`"Action":"ecs:TagResource","Resource":"*",` +
				`"Condition":{"StringEquals":{"ecs:CreateAction":["CreateCluster","RegisterContainerInstance"]}}},` +
				`{"Effect":"Allow","Action":["ecs:ListTagsForResource"],"Resource":["arn:aws:ecs:*:*:task/*/*",` +
				`"arn:aws:ecs:*:*:container-instance/*/*"]}]}`,
		},
		{
			path: "/service-role/", name: "AmazonECSTaskExecutionRolePolicy", version: "v1",
			created: "2017-11-16T18:48:22Z", updated: "2017-11-16T18:48:22Z",
			document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken",` +
				`"ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage",` +
				`"logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
		},
	}
}
