/// An addition to the parser's completion script for bash: values with a colon or an equals sign.
///
/// Bash splits words at `:` and `=`, so that neither `ft:gpt-4o` nor `--format=json` nor `team=search` would be completed.
enum BashCompletion {
    /// Returns the parser's script with a function before it that joins such words.
    static func completed(_ script: String) -> String {
        script.hasPrefix("#!/bin/bash") ? script + "\n" + wrapper : script
    }

    private static let wrapper = #"""

        # Joins the words that bash splits at colons and equals signs, completes, and leaves out of the candidates what
        # readline keeps on the line.
        _oai_usage() {
            local -a words=() joined=()
            local -i index last cword=0
            local line="${COMP_LINE:0:${COMP_POINT}}"
            for ((index = 0; index <= COMP_CWORD; index++)); do
                local word="${COMP_WORDS[index]}"
                last=$((${#joined[@]} - 1))
                # A part belongs to the word before it if no blank stands between them.
                if [[ ${#joined[@]} -gt 0 && ("${word}" == [:=]* || "${joined[last]}" == *[:=]) && "${line}" != [[:space:]]* ]]; then
                    joined[last]+="${word}"
                else
                    joined+=("${word}")
                fi
                # The rest of the line begins with a blank if a word ends here.
                [[ "${line}" =~ ^[[:space:]]*(.*)$ ]] && line="${BASH_REMATCH[1]}"
                line="${line:${#word}}"
            done
            last=$((${#joined[@]} - 1))
            local cur="${joined[last]}"
            local kept=''
            if [[ "${cur}" == --*=* ]]; then
                kept="${cur%%=*}="
                joined[last]="${cur%%=*}"
                joined+=("${cur#*=}")
                cur="${cur#*=}"
            fi
            words=("${joined[@]}")
            cword=$((${#words[@]} - 1))
            local -a COMP_WORDS=("${words[@]}")
            local COMP_CWORD="${cword}"
            local COMP_LINE="${words[*]}"
            local COMP_POINT="${#COMP_LINE}"
            COMPREPLY=()
            _oai-usage "${1}" "${cur}" "${words[cword - 1]}"
            # Readline replaces what follows the last break; a file name is replaced from there, too.
            local start=''
            [[ "${COMP_WORDBREAKS}" == *:* && "${cur}" == *:* ]] && start="${cur%"${cur##*:}"}"
            if [[ "${COMP_WORDBREAKS}" == *=* && "${cur#"${start}"}" == *=* ]]; then
                start="${cur%"${cur##*=}"}"
            fi
            if [[ -n "${start}" ]]; then
                for index in "${!COMPREPLY[@]}"; do COMPREPLY[index]="${COMPREPLY[index]#"${start}"}"; done
            fi
        }
        complete -o filenames -F _oai_usage oai-usage

        """#
}
