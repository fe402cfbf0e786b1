using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Explanation;

/// <summary>The answers to a batch of requests, as <c>nodemesh explain</c> prints them.</summary>
/// <param name="Text">JSON, or text for people.</param>
/// <param name="IsComplete">True when all were answered.</param>
public sealed record ExplainBatch(string Text, bool IsComplete)
{
    /// <summary>Answers.</summary>
    /// <param name="explainer">The mesh.</param>
    /// <param name="requests">The requests.</param>
    /// <param name="json">JSON, and not text for people.</param>
    /// <returns>The answers, in the requests' order.</returns>
    public static ExplainBatch Answer(MeshExplainer explainer, IReadOnlyCollection<ManifestNode> requests, bool json)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        var answers = requests.Select(request => Answer(explainer, request)).ToList();
        return new ExplainBatch(
            json ? ManifestWriter.ToJson(new ManifestSequence([.. answers.Select(ExplanationJson.Of)])) : string.Concat(answers.Select(ExplanationText.Of)),
            answers.All(a => a.Answer is not null));
    }

    private static ExplainOutcome Answer(MeshExplainer explainer, ManifestNode request)
    {
        var id = ExplainRequestReader.IdOf(request);
        try
        {
            return new ExplainOutcome(id, explainer.Explain(ExplainRequestReader.Read(request)), null);
        }
        catch (ExplainException error)
        {
            return new ExplainOutcome(id, null, error.Message);
        }
    }
}
