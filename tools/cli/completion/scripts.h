// The scripts that `barnabas completion` prints.
//
// What: each asks `barnabas __complete -- WORD...` for lines "value<TAB>help"
//   and a last line ":directive" (completer.h), and says nothing itself.
// Units: none. Empty case: no answer offers nothing.
// Thread: constants. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_COMPLETION_SCRIPTS_H_
#define BARNABAS_TOOLS_CLI_COMPLETION_SCRIPTS_H_

namespace barnabas::cli {

// Bash splits words at '=' and ':': the line is split at blanks here, and what
// bash has already is taken off the values.
inline constexpr char kBashScript[] = R"script(# bash completion for barnabas
_barnabas() {
  local line=${COMP_LINE:0:COMP_POINT} value help directive=0
  local -a words
  read -ra words <<< "$line"
  case $line in *[[:space:]]) words+=("") ;; esac
  local word=${words[${#words[@]} - 1]}
  local had=${word%"${word##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r value help; do
    case $value in
      :*) directive=${value#:} ;;
      *) COMPREPLY+=("${value#"$had"}") ;;
    esac
  done < <("${words[0]}" __complete -- "${words[@]:1}" 2> /dev/null)
  if ((directive & 2)); then compopt -o nospace; fi
  if ((!(directive & 4))); then compopt -o default; fi
}
complete -F _barnabas barnabas
)script";

inline constexpr char kZshScript[] = R"script(#compdef barnabas
_barnabas() {
  local answer line value help directive=0
  local -a offers described
  answer=$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)
  offers=("${(@f)answer}")
  for line in "${offers[@]}"; do
    case $line in
      :*) directive=${line#:} ;;
      ?*)
        value=${line%%$'\t'*}
        help=${line#"$value"}
        described+=("${value//:/\\:}:${help#$'\t'}")
        ;;
    esac
  done
  if ((${#described})); then
    if ((directive & 2)); then
      _describe barnabas described -S ''
    else
      _describe barnabas described
    fi
  fi
  if ((!(directive & 4))); then _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _barnabas "$@"
else
  compdef _barnabas barnabas
fi
)script";

inline constexpr char kFishScript[] = R"script(# fish completion for barnabas
function __barnabas_offers
    set -l words (commandline -opc)
    set -l command $words[1]
    set -e words[1]
    for line in ($command __complete -- $words (commandline -ct) 2> /dev/null)
        switch $line
            case ':*'
                if test (math "bitand("(string sub -s 2 -- $line)", 4)") -eq 0
                    __fish_complete_path (commandline -ct)
                end
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c barnabas -f -a '(__barnabas_offers)'
)script";

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_COMPLETION_SCRIPTS_H_
