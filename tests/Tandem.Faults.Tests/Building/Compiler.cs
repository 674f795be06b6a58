using System.Collections.Concurrent;
using System.Text.Json;

namespace Tandem.Faults.Tests.Building;

/// <summary>Compiles a library as its build does, with one file replaced. The tree stays as it is.</summary>
internal sealed class Compiler
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, Task<(string Compiler, string[] Arguments)>> _builds = new();

    /// <returns>The library's file.</returns>
    public async Task<string> CompileAsync(string library, string file, string content, string folder, CancellationToken cancellationToken)
    {
        var (compiler, arguments) = await _builds.GetOrAdd(library, name => ReadAsync(name, cancellationToken));
        var project = Path.Combine(Repository.Root, "src", library);
        var original = Path.GetRelativePath(project, Repository.Source(file));
        var replaced = Path.Combine(folder, Path.GetFileName(file));
        await File.WriteAllTextAsync(replaced, content, cancellationToken);
        var output = Path.Combine(folder, library + ".dll");
        List<string> lines = [];
        var hits = 0;
        foreach (var argument in arguments.Where(a => a != "/noconfig" && !IsLeftOut(a)))
        {
            var isIt = argument == original;
            hits += isIt ? 1 : 0;
            lines.Add(isIt ? $"\"{replaced}\"" : argument.StartsWith('/') && !File.Exists(argument) ? Quoted(argument) : $"\"{Path.GetFullPath(argument, project)}\"");
        }

        Assert.True(hits == 1, $"{original} is not compiled into {library}.");
        lines.Add($"/out:\"{output}\"");
        lines.Add("/warnaserror-");
        lines.Add("/nowarn:CS0162,CS0168,CS0219,CS0414,CS0649,CS9113");
        var response = Path.Combine(folder, "compile.rsp");
        await File.WriteAllLinesAsync(response, lines, cancellationToken);
        var (code, said) = await Command.RunAsync("dotnet", ["exec", compiler, "/noconfig", "/shared", "@" + response], s_limit, cancellationToken);
        Assert.True(code == 0, $"{file} does not compile with the fault in it: {said}");
        return output;
    }

    private static bool IsLeftOut(string argument) => new[] { "/out:", "/refout:", "/doc:", "/analyzerconfig:", "/sourcelink:", "/warnaserror", "/pdb:" }.Any(a => argument.StartsWith(a, StringComparison.Ordinal))
        || (argument.StartsWith("/analyzer:", StringComparison.Ordinal) && !argument.Contains("Generator", StringComparison.OrdinalIgnoreCase) && !argument.Contains("Logging", StringComparison.Ordinal));

    /// <summary>An option with a path in it, its path quoted.</summary>
    private static string Quoted(string option) => option.Contains(' ', StringComparison.Ordinal) && option.IndexOf(':', StringComparison.Ordinal) is var at and > 0 && !option.Contains('"', StringComparison.Ordinal)
        ? $"{option[..(at + 1)]}\"{option[(at + 1)..]}\""
        : option;

    private static async Task<(string Compiler, string[] Arguments)> ReadAsync(string library, CancellationToken cancellationToken)
    {
        var project = Path.Combine(Repository.Root, "src", library, library + ".csproj");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string[] arguments =
        [
            "msbuild", project, "-nologo", "-t:Compile", "-p:Configuration=" + (configuration == "release" ? "Release" : "Debug"), "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:DesignTimeBuild=true",
            "-p:BuildProjectReferences=false", "-p:NonExistentFile=none", "-getItem:CscCommandLineArgs", "-getProperty:CscToolPath", "-getProperty:RoslynTargetsPath",
        ];
        var (code, said) = await Command.RunAsync("dotnet", arguments, s_limit, cancellationToken);
        Assert.True(code == 0, $"{library} does not tell how it is compiled: {said}");
        using var answer = JsonDocument.Parse(said);
        string[] items = [.. answer.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(a => a.GetProperty("Identity").GetString()!)];
        Assert.NotEmpty(items);
        var targets = answer.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!;
        return (Path.Combine(targets, "bincore", "csc.dll"), items);
    }
}
