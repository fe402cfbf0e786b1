using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Collects what is to be said of routes.</summary>
internal sealed class RouteFindings
{
    private readonly List<Finding> _findings = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<Finding> All => _findings;

    /// <summary>Says that a field has no effect.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">Why, and what to do instead.</param>
    public void NoEffect(ManifestDocument document, string field, string message) => Add(document, FindingCodes.NoEffect, field, message);

    /// <summary>Says that something is referred to that does not exist, or may not be referred to.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What is wrong.</param>
    public void NotFound(ManifestDocument document, string field, string message) => Add(document, FindingCodes.TargetNotFound, field, message);

    /// <summary>Says that another resource wins.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">Which, and why.</param>
    public void Overridden(ManifestDocument document, string field, string message) => Add(document, FindingCodes.Overridden, field, message);

    /// <summary>Says that an expression cannot be used.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What is wrong, and what becomes of it.</param>
    public void Unusable(ManifestDocument document, string field, string message) => Add(document, FindingCodes.InvalidValue, field, message);

    /// <summary>Says that the node proxies do not do what a field says, though the model has it.</summary>
    /// <param name="document">The resource.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What becomes of it, and what to do instead.</param>
    public void NotServed(ManifestDocument document, string field, string message = "is not served yet: it has no effect") => Add(document, FindingCodes.NotServed, field, message);

    private void Add(ManifestDocument document, string code, string field, string message) => _findings.Add(document.Report(FindingLevel.Warning, code, field, message));
}
