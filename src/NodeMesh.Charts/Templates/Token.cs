namespace NodeMesh.Charts.Templates;

/// <summary>A token of an action.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a field without the dot, of a string without the quotes.</param>
/// <param name="Line">Its line.</param>
/// <param name="Apart">There is space before it: <c>.a .b</c> are two values, <c>.a.b</c> is one.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, bool Apart);
