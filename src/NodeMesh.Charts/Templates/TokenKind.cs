namespace NodeMesh.Charts.Templates;

/// <summary>What a token of an action is.</summary>
internal enum TokenKind
{
    /// <summary>A word: a function or a keyword.</summary>
    Word,

    /// <summary><c>.name</c>.</summary>
    Field,

    /// <summary><c>.</c> alone.</summary>
    Dot,

    /// <summary><c>$</c> or <c>$name</c>.</summary>
    Variable,

    /// <summary>A quoted string, without its quotes.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>|</c>, <c>(</c>, <c>)</c>, <c>,</c>, <c>=</c> or <c>:=</c>.</summary>
    Symbol,

    /// <summary>The end of the action.</summary>
    End,
}
