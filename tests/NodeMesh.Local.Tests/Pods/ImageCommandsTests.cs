using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Tests.Pods;

public sealed class ImageCommandsTests
{
    [Theory]
    [InlineData("nginx", "serve|80")]
    [InlineData("nginx:1.25", "serve|80")]
    [InlineData("nginx@sha256:00", "serve|80")]
    [InlineData("registry:5000/nginx:1", "other server")]
    [InlineData("registry:5000/nginx", "other server")]
    public void Find_Image_FullNameThenNameWithoutTag(string image, string expected)
    {
        var images = ImageCommands.Parse(["nginx=serve 80", "registry:5000/nginx='other server'"]);

        Assert.Equal(expected, string.Join('|', images.Find(image)!.Value));
    }

    [Fact]
    public void Find_UnknownImage_IsNothing() => Assert.Null(ImageCommands.Parse(["nginx=serve"]).Find("apache"));

    [Theory]
    [InlineData("nginx")]
    [InlineData("=serve")]
    [InlineData("nginx= ")]
    [InlineData("nginx='serve")]
    public void Parse_NoCommand_IsRefused(string text) => Assert.Throws<FormatException>(() => ImageCommands.Parse([text]));

    [Fact]
    public void SplitWords_Quotes_AreAShells() =>
        Assert.Equal(["a", "b c", "d'e", "", "fg"], ImageCommands.SplitWords("a  'b c' \"d'e\" '' f\"g\""));
}
