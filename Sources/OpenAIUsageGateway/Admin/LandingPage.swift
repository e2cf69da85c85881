/// The page at the root of the admin plane.
enum LandingPage {
    static func html(_ configuration: GatewayConfiguration, keepsCalls: Bool = true) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>oai-usage gateway</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 42rem; padding: 0 1rem; color: #1b1f24; }
        code { background: #f1f3f5; padding: .1em .3em; border-radius: .2em; }
        dt { font-weight: 600; margin-top: .8rem; }
        dd { margin: 0; }
        @media (prefers-color-scheme: dark) {
          body { background: #14171a; color: #e6e8ea; } code { background: #24292e; } a { color: #79b8ff; }
        }
        </style>
        </head>
        <body>
        <h1>oai-usage gateway</h1>
        <p>Version \(escaped(Gateway.version)). Every call to <code>\(escaped(configuration.upstream.description))</code>
        that goes through this gateway is metered, priced and \(keepsCalls ? "kept" : "counted in its metrics; it keeps no ledger").</p>
        \(routes(configuration))
        <dl>
        <dt><a href="/metrics">/metrics</a></dt>
        <dd>Prometheus metrics, in the text format 0.0.4 or OpenMetrics 1.0.</dd>
        <dt><a href="/healthz">/healthz</a></dt>
        <dd>Whether the process runs.</dd>
        <dt><a href="/-/ready">/-/ready</a></dt>
        <dd>Whether calls are accepted and kept.</dd>
        <dt><a href="/api/v1/report?by=project&amp;since=7d">/api/v1/report</a>, <a href="/api/v1/calls">/api/v1/calls</a>,
        /api/v1/calls/ID, <a href="/api/v1/limits">/api/v1/limits</a></dt>
        <dd>What <code>oai-usage report</code>, <code>calls</code>, <code>show</code> and <code>limits</code> print as JSON,
        with parameters named as their flags; <code>oai-usage report --ledger http://HOST:PORT</code> reads them.</dd>
        <dt>POST /api/reprice</dt>
        <dd>Prices calls anew by this gateway's price book, from this machine only: <code>oai-usage reprice --since 7d
        --gateway</code>.</dd>
        <dt>POST /api/prune</dt>
        <dd>Removes the rows of old calls, whose sums stay, from this machine only: <code>oai-usage prune --older-than
        400d</code>.</dd>
        </dl>
        <p>Clients use <code>OPENAI_BASE_URL=\(configuration.access.certificate == nil ? "http" : "https")://\(escaped(configuration.listen.description))/v1</code>.
        Reports: <code>oai-usage report --by project</code>.</p>
        </body>
        </html>

        """
    }

    /// Returns the upstreams by path; empty if there is only one.
    private static func routes(_ configuration: GatewayConfiguration) -> String {
        guard !configuration.routes.isEmpty else { return "" }
        let items = configuration.routes.map {
            "<li><code>\(escaped($0.prefix))</code> to <code>\(escaped($0.upstream.description))</code></li>"
        }
        return
            "<p>By the beginning of their paths, calls go to others:</p>\n<ul>\n\(items.joined(separator: "\n"))\n</ul>"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
