#compdef corsim
# zsh completion for corsim
_corsim() {
  local context state line
  local -a verbs
  verbs=(
    'check:ask a live server, or judge its answers, as browsers do'
    'explain:tell what a console message means'
    'har:judge the requests of a HAR'
    'fix:write a policy for a server'
    'run:run scenario files'
    'batch:turn a stream of scenarios into verdicts'
    'version:print versions'
    'completion:print a completion script'
    'help:print the manual'
  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local -a formats
  formats=(
    '--json[verdicts as JSON]'
    '--junit[JUnit XML]'
    '--sarif[SARIF]'
    '--github[annotations of GitHub]'
  )
  local servers='server:(nginx apache caddy haproxy traefik envoy express fastapi spring aspnet rs-cors go s3 cloudfront api-gateway)'
  local browsers='--browser[browsers, with commas between]:browsers:(all chromium firefox webkit spec)'
  case $words[2] in
    check)
      shift words
      ((CURRENT--))
      _arguments \
        '--from[origin of the page]:origin:' \
        '--answer[file of answers]:file:_files' \
        '--curl[curl command]:command:' \
        '-X[method]:method:(GET HEAD POST PUT PATCH DELETE)' \
        '*-H[header]:header:(Authorization\: Content-Type\:)' \
        '-d[string body]:body:' \
        '--credentials[credentials mode]:mode:(omit same-origin include)' \
        '--mode[request mode]:mode:(cors no-cors same-origin)' \
        '--redirect[redirect mode]:mode:(follow error manual)' \
        '--api[what makes the request]:api:(fetch xhr eventsource script module img stylesheet font video audio preload)' \
        '--crossorigin[crossorigin attribute]:value:(anonymous use-credentials)' \
        '*--as[form of requests, or as attribute of a preload]:value:(curl httpie fetch hurl font image script style track)' \
        '--coep[embedder policy of the page]:policy:(require-corp credentialless)' \
        '--worker[a worker makes the request]' \
        '--upload-listener[the upload has a listener]' \
        '--page[URL of the page]:url:' \
        '*--cookie[cookie of the browser]:cookie:' \
        '--timeout[how long requests may take]:time:' \
        '--insecure[do not check certificates]' \
        '*--resolve[address of a host]:HOST\:PORT\:ADDRESS:' \
        '--proxy[proxy]:url:' \
        '--http1.1[do not speak HTTP/2]' \
        '--save[write a scenario]:file:_files' \
        $browsers \
        $formats \
        '--trace[path through the standard]' \
        '--picture[picture of the requests]' \
        "--fix[write the change for a server]:$servers" \
        ':url:' ;;
    explain) _arguments $formats ':text:' ;;
    fix)
      shift words
      ((CURRENT--))
      _arguments \
        '*--from[origins that may read answers]:origins:' \
        '--methods[methods]:methods:(PUT PATCH DELETE)' \
        '--headers[request headers]:names:' \
        '--expose[response headers]:names:' \
        '--credentials[with credentials]' \
        '--max-age[life of a preflight]:seconds:' \
        '--path[path]:path:' \
        "--for[server]:$servers" ;;
    batch)
      shift words
      ((CURRENT--))
      _arguments $browsers $formats '--keep-going[skip bad lines]' '--trace[path through the standard]' ;;
    har)
      shift words
      ((CURRENT--))
      _arguments $browsers '--only[which requests to print]:what:(blocked unknown inferred disagree)' $formats \
        '--redact[copy to share]:file:_files' ':file:_files' ;;
    run)
      shift words
      ((CURRENT--))
      _arguments $browsers $formats '--update[rewrite expectations]' '*:file:_files' ;;
    completion) compadd bash zsh fish ;;
    help) _describe verb verbs ;;
  esac
}
compdef _corsim corsim
