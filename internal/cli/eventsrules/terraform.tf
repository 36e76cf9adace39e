# Brings changes of secrets, parameters, roles, task definitions and services to
# the queue that reconciler's daemon reads. Apply it in the home region first,
# then in every other region where tasks run and in the region of IAM's events:
# us-east-1, cn-north-1 or us-gov-west-1. All but the home region hand their
# events on to it. CloudTrail must log management events in each of them.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "home_region" {
  description = "The region that has the queue, such as us-west-2."
  type        = string
}

variable "queue_name" {
  type    = string
  default = "reconciler-changes"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  home     = data.aws_region.current.id == var.home_region
  home_bus = "arn:${data.aws_partition.current.partition}:events:${var.home_region}:${data.aws_caller_identity.current.account_id}:event-bus/default"
  rules = {
    calls = {
      source      = [{{sources}}]
      detail-type = ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"]
      detail = {
        eventName = [
          "{{event}}",
        ]
      }
    }
    deployments = {
      source      = ["aws.ecs", "aws.ssm"]
      detail-type = ["ECS Deployment State Change", "Parameter Store Change"]
    }
  }
}

resource "aws_cloudwatch_event_rule" "changes" {
  for_each      = local.rules
  name          = "${var.queue_name}-${each.key}"
  description   = "Changes that reconciler looks after"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "changes" {
  for_each  = local.rules
  rule      = aws_cloudwatch_event_rule.changes[each.key].name
  target_id = local.home ? "queue" : "home"
  arn       = local.home ? aws_sqs_queue.changes[0].arn : local.home_bus
  role_arn  = local.home ? null : aws_iam_role.forwarder[0].arn
}

resource "aws_sqs_queue" "dead" {
  count                     = local.home ? 1 : 0
  name                      = "${var.queue_name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

# What is a day old tells nothing that the daemon's own looking has not found.
resource "aws_sqs_queue" "changes" {
  count                      = local.home ? 1 : 0
  name                       = var.queue_name
  message_retention_seconds  = 86400
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[0].arn
    maxReceiveCount     = 20
  })
}

resource "aws_sqs_queue_policy" "changes" {
  count     = local.home ? 1 : 0
  queue_url = aws_sqs_queue.changes[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EventBridge"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.changes[0].arn
        Condition = { ArnEquals = { "aws:SourceArn" = [for rule in aws_cloudwatch_event_rule.changes : rule.arn] } }
      },
      {
        Sid       = "EncryptedOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.changes[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_iam_role" "forwarder" {
  count       = local.home ? 0 : 1
  name_prefix = "reconciler-events-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "forwarder" {
  count = local.home ? 0 : 1
  name  = "forward"
  role  = aws_iam_role.forwarder[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "events:PutEvents", Resource = local.home_bus }]
  })
}

output "events" {
  description = "What the daemon's --events wants."
  value       = local.home ? "sqs:${aws_sqs_queue.changes[0].id}" : null
}
