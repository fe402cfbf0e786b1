using System.Globalization;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation.Routing;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Explanation;

/// <summary>Writes what routes do with a request as JSON.</summary>
internal static class ExplanationRouteJson
{
    private static readonly ManifestScalar Null = FindingJson.Text(null);

    /// <summary>Writes it.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>The fields.</returns>
    public static IEnumerable<(string, ManifestNode)> Of(ExplainAnswer answer) =>
    [
        ("responseHeaders", Changes(answer.ResponseHeaders)),
        ("timeout", Time(answer.Timeout)),
        ("backendTimeout", Time(answer.BackendTimeout)),
        ("retry", Retry(answer.Retry)),
        ("mirrors", new ManifestSequence([.. answer.Mirrors.Select(m => Mirror(m.Backend, m.Percent))])),
        ("fault", Fault(answer.Fault)),
    ];

    /// <summary>Writes changes of headers.</summary>
    /// <param name="changes">The changes.</param>
    public static ManifestNode Changes(HeaderChanges changes) => FindingJson.Map(
        ("set", new ManifestMapping([.. changes.Set.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new ManifestEntry(Name(h.Name), FindingJson.Text(h.Value)))])),
        ("add", new ManifestMapping(
        [
            .. changes.Add.GroupBy(h => Name(h.Name), StringComparer.Ordinal)
                .Select(g => new ManifestEntry(g.Key, new ManifestSequence([.. g.Select(ManifestNode (h) => FindingJson.Text(h.Value))]))),
        ])),
        ("remove", Texts(changes.Remove.Select(Name))));

    private static string Name(string header) => header.ToLowerInvariant();

    private static ManifestSequence Texts(IEnumerable<string> texts) => new([.. texts.Select(ManifestNode (t) => FindingJson.Text(t))]);

    private static ManifestScalar Time(TimeSpan? time) => time is { } value ? FindingJson.Text(DurationText.ToGo(value)) : Null;

    private static ManifestNode Retry(RetryPolicy? retry) => retry is null ? Null : FindingJson.Map(
        ("attempts", ManifestScalar.Integer(retry.Attempts)),
        ("codes", new ManifestSequence([.. retry.Codes.Select(ManifestNode (c) => ManifestScalar.Integer(c))])),
        ("on", Texts(RetryConditionNames.Names(retry.Conditions))),
        ("perTryTimeout", Time(retry.PerTryTimeout)),
        ("backoff", Time(retry.Backoff)));

    private static ManifestMapping Mirror(ExplainBackend backend, double percent) => FindingJson.Map(
        ("service", FindingJson.Text(backend.Service)),
        ("namespace", FindingJson.Text(backend.Namespace)),
        ("port", ManifestScalar.Integer(backend.Port)),
        ("subset", FindingJson.Text(backend.Subset)),
        ("percent", Percent(percent)));

    private static ManifestNode Fault(FaultInjection? fault) => fault is null ? Null : FindingJson.Map(
        ("delay", fault.Delay is { } delay ? FindingJson.Map(("duration", Time(delay.Duration)), ("percent", Percent(delay.Percent))) : Null),
        ("abort", fault.Abort is { } abort
            ? FindingJson.Map(("status", Number(abort.HttpStatus)), ("grpcStatus", Number(abort.GrpcStatus)), ("percent", Percent(abort.Percent)))
            : Null));

    private static ManifestScalar Number(int? number) => number is { } value ? ManifestScalar.Integer(value) : Null;

    private static ManifestScalar Percent(double percent) =>
        percent == Math.Floor(percent) ? ManifestScalar.Integer((long)percent) : new ManifestScalar(percent.ToString(CultureInfo.InvariantCulture), ScalarKind.Float);
}
