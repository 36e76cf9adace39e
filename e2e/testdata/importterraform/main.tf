terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  default_tags {
    tags = { managed-by = "terraform" }
  }
}

variable "password" {
  sensitive = true
}

variable "token" {
  sensitive = true
}

data "aws_caller_identity" "me" {}

locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "alone" {
  name               = "shop-alone"
  assume_role_policy = local.trust
}
