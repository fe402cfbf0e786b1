using System.Globalization;
using System.Text;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Soaking;

/// <summary>Changes routes as long as it is let: weights, matches, numbers of rules, and a policy of the endpoints.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="nodemesh">The program <c>nodemesh</c>.</param>
/// <param name="directory">Where the run's files are.</param>
internal sealed class RouteChurn(LocalMesh mesh, string nodemesh, string directory)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How often routes were changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Changes routes until it is cancelled.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var file = Path.Combine(directory, "churn.yaml");
        while (!cancellation.IsCancellationRequested)
        {
            await File.WriteAllTextAsync(file, Manifest("near", Changes) + Manifest("far", Changes), cancellation);
            await Command.RunAsync([nodemesh, "local", "apply", "--mesh", mesh.Name, "-f", file], TimeSpan.FromSeconds(60), cancellation);
            Changes++;
            await Task.Delay(Pause, cancellation);
        }
    }

    private static string Manifest(string name, int turn)
    {
        // The rule that the load uses stays; those before and after it come and go.
        var rules = new StringBuilder();
        for (var i = 0; i < turn % 7; i++)
        {
            rules.Append(CultureInfo.InvariantCulture, $$$"""
                - matches: [{path: {type: RegularExpression, value: "/turn-{{{turn}}}/[a-z]{{{{i + 1}}}}"}, headers: [{name: x-turn, value: "{{{turn + i}}}"}]}]
                  backendRefs: [{name: {{{name}}}-http, port: 8080}]

                """);
        }

        return string.Create(CultureInfo.InvariantCulture, $$$"""
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: {{{name}}}, namespace: bench}
            spec:
              parentRefs: [{group: "", kind: Service, name: {{{name}}}-http, port: 8080}]
              rules:
            {{{rules.ToString().TrimEnd().ReplaceLineEndings("\n  ").Insert(0, "  ")}}}
              - matches: [{headers: [{name: x-bench, value: "yes"}]}]
                filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: x-turn, value: "{{{turn}}}"}]}}]
                backendRefs: [{name: {{{name}}}-http, port: 8080, weight: {{{50 + (turn % 50)}}}}, {name: {{{name}}}-canary, port: 8080, weight: {{{50 - (turn % 50)}}}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: {{{name}}}-http, namespace: bench}
            spec:
              host: {{{name}}}-http
              trafficPolicy:
                loadBalancer: {simple: {{{(turn % 2 == 0 ? "ROUND_ROBIN" : "LEAST_REQUEST")}}}}
                outlierDetection: {consecutive5xxErrors: {{{3 + (turn % 5)}}}}

            """);
    }
}
