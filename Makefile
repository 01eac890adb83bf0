.DEFAULT_GOAL := help
.PHONY: help serve test check fix bench lock

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

serve: ## set up, migrate the embedded database, serve on 127.0.0.1:8000
	@script/serve

test: ## set up, PostgreSQL and MariaDB included, and run all tests
	@script/test

check: ## rules, format, types, import rule
	@script/check

fix: ## the same, after correcting what can be corrected
	@script/check --fix

bench: ## list the benchmarks
	@script/bench

lock: ## write requirements.lock after pyproject.toml has changed
	@script/lock
