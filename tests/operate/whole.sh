#!/usr/bin/env bash
# An operated example, whole: `poc-graduate operate`, then the tests that it generates, with real
# processes and in an environment of its own that has no poc_graduate.
# `[EXAMPLE=sales] tests/operate/whole.sh [WHAT PYTEST TAKES]`
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	missing=()
	command -v haproxy >/dev/null || missing+=(haproxy)
	command -v promtool >/dev/null || missing+=(prometheus)
	if [ "${#missing[@]}" -gt 0 ]; then
		exec 9>/tmp/poc-graduate-apt.lock && flock 9 # another script may install something meanwhile
		apt-get -qq update && apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null ||
			echo "apt could not install ${missing[*]}" >&2
		exec 9>&-
	fi
fi
for needed in haproxy promtool; do
	command -v $needed >/dev/null || {
		echo "$needed is missing: \`apt-get install haproxy prometheus\`, or \`brew install haproxy prometheus\`" >&2
		exit 2
	}
done
place=$PWD/build/operated
example=${EXAMPLE:-churn}
rm -rf "${place:?}/$example" && mkdir -p "$place"
cp -r "examples/$example/project" "$place/$example"
poc-graduate operate "$place/$example" --yes --quiet
[ -x "$place/venv/bin/python" ] || python3 -m venv "$place/venv"
mypy=$(grep ^mypy== requirements-dev.txt)
unset PYTHONPATH
cd "$place/$example"
python -m pip --python "$place/venv/bin/python" --disable-pip-version-check --quiet --no-input install --no-compile \
	--editable ".[serve,test,alerts]" dockerfile-parse opentelemetry-sdk opentelemetry-exporter-otlp-proto-http "$mypy"
# The team that takes over turns its checks on first. What the author wrote (src) is not ours to type.
"$place/venv/bin/python" -m mypy --strict --follow-imports=silent --cache-dir "$place/mypy" \
	ops business training tests/operate
exec "$place/venv/bin/python" -m pytest -q -p no:cacheprovider --durations=5 tests/operate "$@"
