namespace NodeMesh.Model.Routing;

/// <summary>A rule of a Gateway API route.</summary>
/// <typeparam name="TMatch">What it matches.</typeparam>
/// <param name="Matches">Its matches, of which one must hold; a rule that says none has one that takes everything.</param>
/// <param name="Action">What is done.</param>
public sealed record AttachedRule<TMatch>(ValueList<TMatch> Matches, HttpRule Action)
    where TMatch : class;
