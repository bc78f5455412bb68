#!/usr/bin/env bash
# Runs every finding and says which still hold; ends with 1 if one doesn't. Not part of the tests; see README.md.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

changed=0
for script in *.sh; do
  [ "$script" = run-all.sh ] && continue
  if output=$("./$script" 2>&1 </dev/null); then
    echo "as described  $script"
  else
    case $? in
      3) echo "not run       $script: something could not be installed" ;;
      *) echo "CHANGED       $script" && changed=1 ;;
    esac
    printf '%s\n' "$output" | sed 's/^/    /'
  fi
done
exit $changed
