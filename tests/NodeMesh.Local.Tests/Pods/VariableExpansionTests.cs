using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Tests.Pods;

public sealed class VariableExpansionTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(B)z", "x1y$(B)z")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$A $ (", "$A $ (")]
    [InlineData("$(A", "$(A")]
    [InlineData("end$", "end$")]
    public void Expand_Text_IsKubernetesOwn(string text, string expected) =>
        Assert.Equal(expected, VariableExpansion.Expand(text, new Dictionary<string, string> { ["A"] = "1" }));
}
