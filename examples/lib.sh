# What the examples share: they source it. It builds the lab, installs what is missing, picks free
# ports of the loopback interface, stops at the end whatever it started, and measures one case.
#
#   TOP      the repository          HERE     the folder of the example
#   WORK     a folder for this run   RESULTS  where its reports are kept
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
STACK=$(basename "$HERE")
RESULTS=$TOP/out/examples/$STACK
BIN=$TOP/out/examples/bin
WORK=$(mktemp -d)
chmod 755 "$WORK" # Squid and memcached run as users of their own
PATH=$PATH:/usr/sbin
ulimit -n 16384 2>/dev/null || true

started=() # process ids, in the order of their starts
asked=("$@")
worst=0

# stop ends what the last `begin` started, the newest first.
stop() {
	local i
	for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[i]}" 2>/dev/null || true; done
	for ((i = 0; i < ${#started[@]}; i++)); do wait "${started[i]}" 2>/dev/null || true; done
	started=()
}

leave() {
	stop
	rm -rf "$WORK"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

# debian PACKAGE... installs those that are missing. It writes the versions of all beside the results.
debian() {
	local p missing=()
	for p; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q ' installed$' || missing+=("$p"); done
	if [ ${#missing[@]} != 0 ] && ! "$TOP/.ci/install" "${missing[@]}"; then
		echo "$STACK: ${missing[*]} could not be installed; run as root: apt-get install ${missing[*]}" >&2
		exit 3
	fi
	mkdir -p "$RESULTS"
	dpkg-query -W -f '${Package} ${Version}\n' "$@" | sed -E 's/ [0-9]+:/ /; s/[-+](dfsg|[0-9]+[+~]?deb|[0-9]+$|[0-9]+\+b).*//' >"$RESULTS/versions"
}

# lab builds loadtest and gallery.
lab() {
	mkdir -p "$BIN"
	(cd "$TOP" && "${GO:-go}" build -o "$BIN/" ./cmd/loadtest ./examples/gallery)
}

# port prints a free port. Perl is part of every Debian.
port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }

# start NAME COMMAND... runs a command beside this script; its output is in $WORK/NAME.log.
start() {
	local name=$1
	shift
	"$@" >"$WORK/$name.log" 2>&1 &
	started+=($!)
}

# ready NAME PORT waits until something listens on the port.
ready() {
	local i
	for ((i = 0; i < 300; i++)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return
		sleep 0.1
	done
	echo "$STACK: $1 does not listen on port $2 after 30 s. It says:" >&2
	tail -5 "$WORK/$1.log" >&2
	exit 3
}

# origin FLAGS... starts the slow, counting origin at $ORIGIN, which is 127.0.0.1:$ORIGIN_PORT.
origin() {
	ORIGIN_PORT=$(port)
	ORIGIN=http://127.0.0.1:$ORIGIN_PORT
	start origin "$BIN/loadtest" origin --listen "127.0.0.1:$ORIGIN_PORT" "$@"
	ready origin "$ORIGIN_PORT"
}

redis() {
	REDIS_PORT=$(port)
	start redis redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --save '' --dir "$WORK"
	ready redis "$REDIS_PORT"
}

# gunicorn_app APP WORKERS FLAGS... starts a Python program of this folder at $APP_PORT. It has loaded
# whatever it loads once every worker has answered.
gunicorn_app() {
	APP_PORT=$(port)
	local app=$1 workers=$2
	shift 2
	PYTHONDONTWRITEBYTECODE=1 start app gunicorn --chdir "$HERE" --bind "127.0.0.1:$APP_PORT" --workers "$workers" --timeout 600 "$@" "$app"
	ready app "$APP_PORT"
	wake "http://127.0.0.1:$APP_PORT/" $((4 * workers * ${THREADS:-1}))
}

# wake URL N sends N requests, many at once.
wake() { seq "$2" | xargs -P 32 -I{} curl --silent --show-error --fail --retry 20 --retry-all-errors --retry-delay 1 "$1" >/dev/null; }

# wanted SCENARIO/CASE reports whether the arguments of the script ask for the case; without any, all are.
wanted() {
	[ ${#asked[@]} = 0 ] && return
	local a
	for a in "${asked[@]}"; do
		# shellcheck disable=SC2053 # a pattern on purpose, as 'burst/*'
		[[ $1 == $a ]] && return
	done
	return 1
}

# measure SCENARIO/CASE URL "WHAT IT IS" FLAGS... sends the scenario's traffic to the program, sets it beside the
# strategy of the case, and stops what was started for it. With AGAINST=no the scenario's expectations alone decide.
measure() {
	local case=$1 url=$2 what=$3 status=0 against=()
	shift 3
	local scenario=${case%/*} strategy=${case#*/} out=$RESULTS/$case
	rm -rf "$out"
	mkdir -p "$out"
	printf '%s\n' "$what" >"$out/what"
	[ "${AGAINST:-yes}" = no ] || against=(--against "$strategy")
	"$BIN/loadtest" attack "$HERE/$scenario.yaml" --name "$strategy" "${against[@]}" --target "$url" \
		--origin-stats "$ORIGIN" --out "$out" --max-late 100% --quiet "$@" >"$out/printed" 2>&1 || status=$?
	stop
	case $status in
	0) echo "$STACK: $case: as it is to be" ;;
	1) echo "$STACK: $case: not all is as it is to be" ;;
	3) echo "$STACK: $case: exit code 3: $(tail -1 "$out/printed")" && touch "$out/void" ;;
	*) exit "$status" ;;
	esac
	((status <= worst)) || worst=$status
}

# finish prints measured beside simulated of what has been measured, and ends with the worst exit code.
finish() {
	[ "${AGAINST:-yes}" = no ] || (cd "$TOP" && "$BIN/gallery" "$STACK")
	exit "$worst"
}

lab
