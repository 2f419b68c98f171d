# fish completion for corsim
complete -c corsim -f
complete -c corsim -n __fish_use_subcommand -a check -d 'ask a live server, or judge its answers'
complete -c corsim -n __fish_use_subcommand -a explain -d 'tell what a console message means'
complete -c corsim -n __fish_use_subcommand -a har -d 'judge the requests of a HAR'
complete -c corsim -n __fish_use_subcommand -a fix -d 'write a policy for a server'
complete -c corsim -n __fish_use_subcommand -a run -d 'run scenario files'
complete -c corsim -n __fish_use_subcommand -a batch -d 'turn a stream of scenarios into verdicts'
complete -c corsim -n __fish_use_subcommand -a version -d 'print versions'
complete -c corsim -n __fish_use_subcommand -a completion -d 'print a completion script'
complete -c corsim -n __fish_use_subcommand -a help -d 'print the manual'

complete -c corsim -n '__fish_seen_subcommand_from check' -l from -x -d 'origin of the page'
complete -c corsim -n '__fish_seen_subcommand_from check' -l answer -r -F -a 'example -' -d 'file of answers'
complete -c corsim -n '__fish_seen_subcommand_from check' -l curl -x -d 'curl command'
complete -c corsim -n '__fish_seen_subcommand_from check' -s X -x -a 'GET HEAD POST PUT PATCH DELETE' -d method
complete -c corsim -n '__fish_seen_subcommand_from check' -s H -x -a 'Authorization: Content-Type:' -d header
complete -c corsim -n '__fish_seen_subcommand_from check' -s d -x -d 'string body'
complete -c corsim -n '__fish_seen_subcommand_from check' -l credentials -x -a 'omit same-origin include' -d 'credentials mode'
complete -c corsim -n '__fish_seen_subcommand_from check' -l mode -x -a 'cors no-cors same-origin' -d 'request mode'
complete -c corsim -n '__fish_seen_subcommand_from check' -l redirect -x -a 'follow error manual' -d 'redirect mode'
complete -c corsim -n '__fish_seen_subcommand_from check' -l api -x -a 'fetch xhr eventsource script module img stylesheet font video audio preload' -d 'what makes the request'
complete -c corsim -n '__fish_seen_subcommand_from check' -l crossorigin -x -a 'anonymous use-credentials' -d 'crossorigin attribute'
complete -c corsim -n '__fish_seen_subcommand_from check' -l as -x -a 'curl httpie fetch hurl font image script style track' -d 'form of requests, or as attribute of a preload'
complete -c corsim -n '__fish_seen_subcommand_from check' -l coep -x -a 'require-corp credentialless' -d 'embedder policy of the page'
complete -c corsim -n '__fish_seen_subcommand_from check' -l worker -d 'a worker makes the request'
complete -c corsim -n '__fish_seen_subcommand_from check' -l upload-listener -d 'the upload has a listener'
complete -c corsim -n '__fish_seen_subcommand_from check' -l page -x -d 'URL of the page'
complete -c corsim -n '__fish_seen_subcommand_from check' -l cookie -x -d 'cookie of the browser'
complete -c corsim -n '__fish_seen_subcommand_from check' -l timeout -x -d 'how long requests may take'
complete -c corsim -n '__fish_seen_subcommand_from check' -l insecure -d 'do not check certificates'
complete -c corsim -n '__fish_seen_subcommand_from check' -l resolve -x -d 'address of a host, HOST:PORT:ADDRESS'
complete -c corsim -n '__fish_seen_subcommand_from check' -l proxy -x -d proxy
complete -c corsim -n '__fish_seen_subcommand_from check' -l http1.1 -d 'do not speak HTTP/2'
complete -c corsim -n '__fish_seen_subcommand_from check' -l save -r -F -d 'write a scenario'
complete -c corsim -n '__fish_seen_subcommand_from check' -l picture -d 'picture of the requests'
complete -c corsim -n '__fish_seen_subcommand_from check' -l fix -x -a 'nginx apache caddy haproxy traefik envoy express fastapi spring aspnet rs-cors go s3 cloudfront api-gateway' -d 'write the change for a server'
complete -c corsim -n '__fish_seen_subcommand_from check explain har run batch' -l json -d 'verdicts as JSON'
complete -c corsim -n '__fish_seen_subcommand_from check explain har run batch' -l junit -d 'JUnit XML'
complete -c corsim -n '__fish_seen_subcommand_from check explain har run batch' -l sarif -d SARIF
complete -c corsim -n '__fish_seen_subcommand_from check explain har run batch' -l github -d 'annotations of GitHub'
complete -c corsim -n '__fish_seen_subcommand_from check batch' -l trace -d 'path through the standard'
complete -c corsim -n '__fish_seen_subcommand_from check har batch run' -l browser -x -a 'all chromium firefox webkit spec' -d browsers
complete -c corsim -n '__fish_seen_subcommand_from fix' -l from -x -d 'origins that may read answers'
complete -c corsim -n '__fish_seen_subcommand_from fix' -l methods -x -a 'PUT PATCH DELETE' -d methods
complete -c corsim -n '__fish_seen_subcommand_from fix' -l headers -x -d 'request headers'
complete -c corsim -n '__fish_seen_subcommand_from fix' -l expose -x -d 'response headers'
complete -c corsim -n '__fish_seen_subcommand_from fix' -l credentials -d 'with credentials'
complete -c corsim -n '__fish_seen_subcommand_from fix' -l max-age -x -d 'life of a preflight, in seconds'
complete -c corsim -n '__fish_seen_subcommand_from fix' -l path -x -d path
complete -c corsim -n '__fish_seen_subcommand_from fix' -l for -x -a 'nginx apache caddy haproxy traefik envoy express fastapi spring aspnet rs-cors go s3 cloudfront api-gateway' -d server
complete -c corsim -n '__fish_seen_subcommand_from batch' -l keep-going -d 'skip bad lines'
complete -c corsim -n '__fish_seen_subcommand_from har' -l only -x -a 'blocked unknown inferred disagree' -d 'which requests to print'
complete -c corsim -n '__fish_seen_subcommand_from har' -l redact -r -F -d 'copy to share'
complete -c corsim -n '__fish_seen_subcommand_from har' -F
complete -c corsim -n '__fish_seen_subcommand_from run' -l update -d 'rewrite expectations'
complete -c corsim -n '__fish_seen_subcommand_from run' -F
complete -c corsim -n '__fish_seen_subcommand_from completion' -x -a 'bash zsh fish'
complete -c corsim -n '__fish_seen_subcommand_from help' -x -a 'check explain har fix run batch version completion help'
