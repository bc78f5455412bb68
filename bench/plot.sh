#!/usr/bin/env bash
# Draws what bench/results.md has measured: the CPU time of a small GET against the number of connections, from the table of
# compare.sh, and the requests in each of the first ten seconds, from that of cold.sh. Takes the last table of each kind.
#
#   bench/plot.sh        writes docs/performance-connections.svg and docs/performance-cold.svg; needs gnuplot-nox
#
# RESULTS and FOLDER name another file to read, and another place for the pictures.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

RESULTS=${RESULTS:-bench/results.md}
FOLDER=${FOLDER:-docs}
. bench/common.sh

command -v gnuplot >/dev/null || fail "gnuplot is needed (Debian package: gnuplot-nox)"

# Prints the last table whose header begins so, each line as tab-separated cells, the header first.
table() { # beginning of the header
  awk -F ' *[|] *' -v OFS='\t' -v beginning="$1" '
    index($0, beginning) == 1 { inside = 1; rows = "" }
    !/^[|]/ { inside = 0 }
    inside && !/^[|]-/ { row = $2; for (i = 3; i < NF; i++) row = row OFS $i; rows = rows row "\n" }
    END { printf "%s", rows }' "$RESULTS"
}

# Of such a table: one block for each proxy, its name and then x and y in each line, as gnuplot reads them with "index".
connections_blocks() {
  awk -F '\t' '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    $column["workload"] == "get" && $column["proxy"] !~ /-log$/ {
      name = $column["proxy"]
      if (!(name in lines)) order[++count] = name
      lines[name] = lines[name] $column["connections"] " " $column["CPU µs/request"] "\n"
    }
    END { for (i = 1; i <= count; i++) printf "\"%s\"\n%s\n\n", order[i], lines[order[i]] }'
}
cold_blocks() {
  awk -F '\t' '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) second[i] = $i; next }
    {
      printf "\"%s\"\n", $1
      for (i = 1; i <= NF; i++) if (i in second) print second[i], $i
      printf "\n\n"
    }'
}

# Draws a line for each block. White behind it all, so that it can be read on a dark page, too.
draw() { # blocks, picture, title, x, y, more for gnuplot
  local count
  count=$(grep -c '^"' "$1")
  [ "$count" -gt 0 ] || fail "$RESULTS has no table for $2"
  gnuplot <<GNUPLOT || fail "gnuplot failed"
set terminal svg size 700,420 font "Helvetica,Arial,sans-serif,15" background "#ffffff" linewidth 1.5
set output "$2"
set title "$3" font ",17"
set xlabel "$4"
set ylabel "$5"
set yrange [0:*]
set format y "%'.0f"
set border 3
set xtics nomirror
set ytics nomirror
set grid ytics linecolor rgb "#dddddd" linetype 1 linewidth 0.5
set key outside right center Left reverse samplen 1.5 spacing 1.3
set linetype 1 linecolor rgb "#0072b2" pointtype 7
set linetype 2 linecolor rgb "#d55e00" pointtype 5
set linetype 3 linecolor rgb "#009e73" pointtype 9
set linetype 4 linecolor rgb "#aa4499" pointtype 11
set linetype 5 linecolor rgb "#b8860b" pointtype 13
set linetype 6 linecolor rgb "#555555" pointtype 4
$6
plot for [i=0:$((count - 1))] "$1" index i using 1:2 with linespoints linewidth 1.5 pointsize 0.7 title columnheader(1)
GNUPLOT
  echo "$2"
}

table '| workload | connections | proxy |' | connections_blocks >"$WORK/connections"
table '| proxy | ready after |' | cold_blocks >"$WORK/cold"
draw "$WORK/connections" "$FOLDER/performance-connections.svg" "CPU time of a small GET on one core" \
  "connections" "µs of CPU per request" \
  "set logscale x 2
set xrange [$(awk 'NF == 2 && $1 > 1 { print $1 }' "$WORK/connections" | sort -n | awk 'NR == 1 { print $1 / 1.1 ":" } { last = $1 } END { print last * 1.1 }' | tr -d '\n')]
set xtics ($(awk 'NF == 2 && !seen[$1]++ { printf "%s\"%s\" %s", comma, $1, $1; comma = ", " }' "$WORK/connections"))"
draw "$WORK/cold" "$FOLDER/performance-cold.svg" "Requests in each second after the start, on one core" \
  "second of CPU time since \\\"is ready\\\"" "requests" \
  "set xrange [1:10]
set xtics 1"
