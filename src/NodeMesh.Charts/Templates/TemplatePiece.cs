namespace NodeMesh.Charts.Templates;

/// <summary>A piece of a template: text, or the tokens of an action.</summary>
/// <param name="Text">The text; null for an action.</param>
/// <param name="Tokens">The tokens; empty for text.</param>
/// <param name="Line">Where it begins.</param>
internal sealed record TemplatePiece(string? Text, IReadOnlyList<Token> Tokens, int Line);
