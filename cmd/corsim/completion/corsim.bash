# bash completion for corsim
_corsim() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'check explain har fix run batch version completion help' -- "$cur"))
    return
  fi
  case $verb:$prev in
    check:--answer)
      COMPREPLY=($(compgen -f -- "$cur") $(compgen -W 'example -' -- "$cur"))
      compopt -o filenames 2>/dev/null
      return ;;
    check:--api) COMPREPLY=($(compgen -W 'fetch xhr eventsource script module img stylesheet font video audio preload' -- "$cur")); return ;;
    check:--credentials) COMPREPLY=($(compgen -W 'omit same-origin include' -- "$cur")); return ;;
    check:--mode) COMPREPLY=($(compgen -W 'cors no-cors same-origin' -- "$cur")); return ;;
    check:--redirect) COMPREPLY=($(compgen -W 'follow error manual' -- "$cur")); return ;;
    check:--crossorigin) COMPREPLY=($(compgen -W 'anonymous use-credentials' -- "$cur")); return ;;
    check:--as) COMPREPLY=($(compgen -W 'curl httpie fetch hurl font image script style track' -- "$cur")); return ;;
    check:--coep) COMPREPLY=($(compgen -W 'require-corp credentialless' -- "$cur")); return ;;
    check:-X) COMPREPLY=($(compgen -W 'GET HEAD POST PUT PATCH DELETE' -- "$cur")); return ;;
    check:-H) COMPREPLY=($(compgen -W 'Authorization: Content-Type:' -- "$cur")); return ;;
    check:--save)
      COMPREPLY=($(compgen -f -- "$cur"))
      compopt -o filenames 2>/dev/null
      return ;;
    check:--from|check:--page|check:-d|check:--curl|check:--cookie|check:--timeout|check:--resolve|check:--proxy) return ;;
    har:--only) COMPREPLY=($(compgen -W 'blocked unknown inferred disagree' -- "$cur")); return ;;
    har:--redact) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
    check:--fix|fix:--for) COMPREPLY=($(compgen -W 'nginx apache caddy haproxy traefik envoy express fastapi spring aspnet rs-cors go s3 cloudfront api-gateway' -- "$cur")); return ;;
    fix:--methods) COMPREPLY=($(compgen -W 'PUT PATCH DELETE' -- "$cur")); return ;;
    fix:--from|fix:--headers|fix:--expose|fix:--max-age|fix:--path) return ;;
    *:--browser) COMPREPLY=($(compgen -W 'all chromium firefox webkit spec' -- "$cur")); return ;;
  esac
  case $verb in
    check) COMPREPLY=($(compgen -W '--from --answer --curl -X -H -d --credentials --mode --redirect --api --crossorigin --as --coep --worker --upload-listener --page --cookie --timeout --insecure --resolve --proxy --http1.1 --save --browser --json --trace --picture --fix --junit --sarif --github' -- "$cur")) ;;
    explain) COMPREPLY=($(compgen -W '--json --junit --sarif --github' -- "$cur")) ;;
    fix) COMPREPLY=($(compgen -W '--from --methods --headers --expose --credentials --max-age --path --for' -- "$cur")) ;;
    batch) COMPREPLY=($(compgen -W '--browser --keep-going --trace --json --junit --sarif --github' -- "$cur")) ;;
    har)
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--browser --only --json --junit --sarif --github --redact' -- "$cur"))
      else
        COMPREPLY=($(compgen -f -- "$cur"))
        compopt -o filenames 2>/dev/null
      fi ;;
    run)
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--browser --update --json --junit --sarif --github' -- "$cur"))
      else
        COMPREPLY=($(compgen -f -- "$cur"))
        compopt -o filenames 2>/dev/null
      fi ;;
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
    help) COMPREPLY=($(compgen -W 'check explain har fix run batch version completion help' -- "$cur")) ;;
  esac
}
complete -F _corsim corsim
