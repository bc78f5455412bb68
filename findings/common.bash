# Sourced by every script in this folder: a temporary folder that goes away, packages by name and version, and the
# comparison of what was seen with what the script expects.

set -eu
WORK=$(mktemp -d)
STARTED=() # ids of the processes to end
finish() {
  local pid
  for pid in ${STARTED[@]+"${STARTED[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$WORK"
}
trap finish EXIT
cd "$WORK"

# Installs Maven packages, group:artifact:version each, with all that they need, into $WORK/lib.
maven_packages() {
  local package parts
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>'
    for package in "$@"; do
      IFS=: read -r -a parts <<<"$package"
      printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "${parts[@]}"
    done
    echo '</dependencies></project>'
  } >pom.xml
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >maven.log 2>&1 ||
    { cat maven.log; exit 3; }
}

# Runs standard input as a Java program, Main, with these packages; log lines are left out.
java_main() {
  cat >Main.java
  java -cp 'lib/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=off Main.java 2>errors.log || { cat errors.log; exit 3; }
}

# Compares what was seen (standard input) with what this script says (its arguments, a line each); ends with 1 if they differ.
expect_seen() {
  printf '%s\n' "$@" >expected
  cat >seen
  cat seen
  if ! diff expected seen >difference; then
    echo "changed since this was written (< then, > now):"
    cat difference
    exit 1
  fi
}
