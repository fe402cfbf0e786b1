using System.Text;
using NodeMesh.Resources.Analysis;

namespace NodeMesh.Resources.Tests.Analysis;

public sealed class AnalysisDocumentationTests
{
    [Fact]
    public void Document_ListsEveryCodeAndAnalyzer()
    {
        var document = File.ReadAllText(RepositoryFiles.Find("docs/analysis.md"));

        Assert.Contains(Tables(), document, StringComparison.Ordinal);
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        text.Append("## Codes\n\n| code | name | level | meaning | remedy |\n| --- | --- | --- | --- | --- |\n");
        foreach (var code in AnalysisCodes.All)
        {
            text.Append($"| {code.Code} | {code.Name} | {code.Level} | {code.Meaning} | {code.Remedy} |\n");
        }

        text.Append("\n## Analyzers\n\n| analyzer | what it does | codes |\n| --- | --- | --- |\n");
        foreach (var (name, description, codes) in MeshAnalysis.Analyzers)
        {
            text.Append($"| {name} | {description} | {string.Join(", ", codes)} |\n");
        }

        return text.ToString();
    }
}
