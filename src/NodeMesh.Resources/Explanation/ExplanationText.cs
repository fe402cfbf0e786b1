using System.Text;

namespace NodeMesh.Resources.Explanation;

/// <summary>Writes answers for people.</summary>
internal static class ExplanationText
{
    /// <summary>Writes one.</summary>
    /// <param name="outcome">What became of the request.</param>
    public static string Of(ExplainOutcome outcome)
    {
        var text = new StringBuilder();
        var name = outcome.Id ?? "(without id)";
        if (outcome.Answer is not { } answer)
        {
            return text.Append(name).Append(": not answered\n  └─ ").Append(outcome.Error).Append('\n').ToString();
        }

        text.Append(name).Append(": ").Append(answer.Verdict ?? "no policy is asked").Append(", ").Append(answer.Action);
        if (answer.Status is { } status)
        {
            text.Append(' ').Append(status);
        }

        if (answer.Transport is { } transport)
        {
            text.Append(", ").Append(transport);
        }

        text.Append('\n');
        for (var i = 0; i < answer.Why.Length; i++)
        {
            text.Append(i == answer.Why.Length - 1 ? "  └─ " : "  ├─ ").Append(answer.Why[i]).Append('\n');
        }

        return text.ToString();
    }
}
