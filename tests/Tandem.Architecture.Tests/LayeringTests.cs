using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>Arrows point one way: Cli → Admin → Web → Tandem ← Relational ← Sqlite, PostgreSql. The heart knows no database and no web.</summary>
public class LayeringTests
{
    [Theory]
    [InlineData("Tandem", "")]
    [InlineData("Tandem.Relational", "Tandem")]
    [InlineData("Tandem.Sqlite", "Tandem,Tandem.Relational")]
    [InlineData("Tandem.PostgreSql", "Tandem,Tandem.Relational")]
    [InlineData("Tandem.Web", "Tandem")]
    [InlineData("Tandem.Admin", "Tandem,Tandem.Web")]
    public void Library_RefersTo_OnlyWhatStandsBelowIt(string library, string below)
    {
        var allowed = below.Split(',');
        var refers = Repository.Load(library).GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("Tandem", StringComparison.Ordinal));
        Assert.All(refers, name => Assert.Contains(name, allowed));
    }

    [Fact]
    public void Heart_DependsOn_TheBaseClassLibraryAlone() =>
        Assert.All(Repository.Load("Tandem").GetReferencedAssemblies(), a => Assert.True(
            a.Name!.StartsWith("System.", StringComparison.Ordinal) || a.Name is "System" or "netstandard", a.Name));
}
