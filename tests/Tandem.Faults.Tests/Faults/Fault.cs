namespace Tandem.Faults.Tests.Faults;

/// <summary>A deliberate bug.</summary>
/// <param name="Name">What it does wrong.</param>
/// <param name="File">The file under src.</param>
/// <param name="Find">What is replaced; there exactly once.</param>
/// <param name="Replace">What stands there instead.</param>
/// <param name="Suite">What must notice.</param>
public sealed record Fault(string Name, string File, string Find, string Replace, Suite Suite)
{
    /// <summary>The library it is in.</summary>
    public string Library => File.Split('/')[0];
}

/// <summary>A built suite and what of it is run.</summary>
/// <param name="Project">The test project.</param>
/// <param name="Arguments">What its program is told.</param>
public sealed record Suite(string Project, params string[] Arguments)
{
    /// <summary>Enough histories that each kind of trouble comes up many times.</summary>
    public static Suite Simulator { get; } = new("Tandem.Simulator", "--seeds", "400");

    public static Suite Tests(string @class) => new("Tandem.Tests", "-class", "Tandem.Tests." + @class, "-stopOnFail", "-noLogo", "-noColor");

    public static Suite Relational(string @class, string method) =>
        new("Tandem.Relational.Tests", "-method", $"Tandem.Relational.Tests.{@class}.{method}", "-stopOnFail", "-noLogo", "-noColor");

    public override string ToString() => Project + " " + string.Join(' ', Arguments);
}
