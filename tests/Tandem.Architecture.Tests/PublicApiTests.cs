using System.Reflection;
using System.Text;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>
/// The public surface is a text file beside each library, so that a change to it is a visible change in the same review.
/// After a wanted change, run these tests with TANDEM_ACCEPT_API=1 to write the files anew.
/// </summary>
public class PublicApiTests
{
    public static TheoryData<string> Libraries => [.. Repository.Libraries];

    [Theory, MemberData(nameof(Libraries))]
    public void PublicApi_ComparedWithItsText_IsTheSame(string library)
    {
        var file = Path.Combine(Repository.Root, "src", library, "PublicApi.txt");
        var actual = ApiText.Of(Repository.Load(library));
        if (Environment.GetEnvironmentVariable("TANDEM_ACCEPT_API") == "1")
        {
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{file} is missing. Run these tests with TANDEM_ACCEPT_API=1 to write it.");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void PublicMethods_ThatWait_EndInAsyncAndTakeATokenLast(string library)
    {
        var wrong = Repository.Load(library).GetExportedTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsSpecialName && m.GetBaseDefinition() == m && m.Name != "DisposeAsync" && Waits(m.ReturnType))
            .Where(m => !m.Name.EndsWith("Async", StringComparison.Ordinal) || !EndsInToken(m))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}")
            // An opening shared by all callers belongs to none of them; SignalR calls hub methods with a token of its own.
            .Except(["TandemApp.LiveAsync"])
            .ToList();
        Assert.Empty(wrong);
    }

    private static bool Waits(Type type) => typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTask<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));

    private static bool EndsInToken(MethodInfo method) => method.GetParameters().LastOrDefault()?.ParameterType == typeof(CancellationToken);
}

/// <summary>An assembly's public members, one a line, in a stable order.</summary>
internal static class ApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "class" : "open class";
            text.Append(kind).Append(' ').Append(Name(type, full: true)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Where(IsVisible).Select(m => Line(type, m)).OfType<string>().Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => !member.Name.Contains('<', StringComparison.Ordinal) && member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily) && !method.IsSpecialName | method.IsConstructor,
        PropertyInfo property => property.GetAccessors(true).Any(a => a.IsPublic || a.IsFamily),
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        EventInfo change => change.AddMethod!.IsPublic,
        _ => false,
    };

    private static string? Line(Type type, MemberInfo member) => member switch
    {
        // What every record has says nothing about this one.
        MethodInfo { Name: "ToString" or "Equals" or "GetHashCode" or "Deconstruct" or "PrintMembers" } => null,
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        PropertyInfo { Name: "EqualityContract" } => null,
        PropertyInfo property => $"{(property.GetAccessors(true)[0].IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ {(property.GetMethod is { } get && (get.IsPublic || get.IsFamily) ? "get; " : "")}{Setter(property)}}}",
        FieldInfo field when type.IsEnum => field.Name,
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        EventInfo change => $"event {Name(change.EventHandlerType!)} {change.Name}",
        _ => null,
    };

    private static string Setter(PropertyInfo property) => property.SetMethod is not { } set || !(set.IsPublic || set.IsFamily) ? ""
        : set.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") ? "init; " : "set; ";

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = …" : "")}"));

    private static string Name(Type type, bool full = false)
    {
        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        var name = full ? type.FullName! : type.IsNested && !type.IsGenericParameter ? $"{type.DeclaringType!.Name}.{type.Name}" : type.Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(a => Name(a)))}>";
    }
}
