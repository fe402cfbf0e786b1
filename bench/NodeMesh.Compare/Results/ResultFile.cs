using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Results;

/// <summary><c>latest.json</c>.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string path, RunReport report)
    {
        var root = new JsonObject
        {
            ["started"] = report.Started.ToString("O"),
            ["machine"] = Object(report.Facts.Machine),
            ["versions"] = Object(report.Facts.Versions),
            ["options"] = new JsonObject
            {
                ["rows"] = new JsonArray([.. report.Options.Rows.Select(row => JsonValue.Create(row))]),
                ["metrics"] = new JsonArray([.. report.Options.Metrics.Select(metric => JsonValue.Create(metric))]),
                ["rounds"] = report.Options.Rounds,
                ["seconds"] = report.Options.Seconds,
                ["capture"] = report.Options.Capture,
            },
            ["ratios"] = Object(Ratios.Of(report.Results)),
            ["rows"] = new JsonObject(RowNames.All.Where(report.Options.Rows.Contains).Select(row => KeyValuePair.Create(row, (JsonNode?)Object(report.Results.Of(row))))),
            ["omitted"] = new JsonArray([.. report.Omitted.Select(sentence => JsonValue.Create(sentence))]),
        };
        File.WriteAllText(path, root.ToJsonString(Indented) + "\n");
    }

    private static JsonObject Object(IReadOnlyDictionary<string, string> facts) =>
        new(facts.Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value)));

    private static JsonObject Object(IReadOnlyList<Ratio> ratios) =>
        new(ratios.Select(ratio => KeyValuePair.Create(ratio.Name, (JsonNode?)Number(ratio.Value))));

    private static JsonObject Object(IReadOnlyList<KeyValuePair<string, Series>> metrics) =>
        new(metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)new JsonObject
        {
            ["median"] = Number(metric.Value.Median),
            ["samples"] = new JsonArray([.. metric.Value.Samples.Select(sample => Number(sample))]),
        })));

    private static JsonValue? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(Math.Round(number, 4)) : null;
}
