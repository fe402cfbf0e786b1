using System.Text.Json;
using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Results;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Tests;

public class ResultFileTests
{
    [Fact]
    public void Write_RowsAndGaps_KeepsSamplesAndWritesNullForWhatIsUnknown()
    {
        var results = new ResultSet();
        results.Add(RowNames.Direct, 1, new Measurement(MetricNames.GigabitPerSecond + "1", 10));
        results.Add(RowNames.Direct, 2, new Measurement(MetricNames.GigabitPerSecond + "1", 20));
        var facts = new RunFacts(new Dictionary<string, string> { ["cores"] = "2" }, new Dictionary<string, string> { ["haproxy"] = "2.6" });
        var report = new RunReport(DateTimeOffset.UnixEpoch, new CompareOptions { Rows = [RowNames.Direct] }, facts, results, ["nginx: not there"]);
        var path = Path.GetTempFileName();
        try
        {
            ResultFile.Write(path, report);

            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var series = json.RootElement.GetProperty("rows").GetProperty("direct").GetProperty("gbit_per_s_1");
            Assert.Equal(15, series.GetProperty("median").GetDouble());
            Assert.Equal([10, 20], series.GetProperty("samples").EnumerateArray().Select(sample => sample.GetDouble()));
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("ratios").GetProperty("rss_idle_mb").ValueKind);
            Assert.Equal(17, json.RootElement.GetProperty("ratios").EnumerateObject().Count());
            Assert.Equal("nginx: not there", json.RootElement.GetProperty("omitted")[0].GetString());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
