# The manual page, the completion of bash, and the Debian packages `ganbar` and `libganbar-dev` (make deb; cpack in a build folder).
set(GANBAR_CONTACT "The ganbar developers <ganbar@example.org>" CACHE STRING "maintainer of the packages: Name <address>")

# Both are made from the commands' own help; whoever builds `ganbar` alone installs without them.
function(ganbar_pages)
  set(pages ${PROJECT_BINARY_DIR}/pages)
  add_executable(ganbar_pages packaging/pages.cpp)
  target_link_libraries(ganbar_pages PRIVATE ganbar_app)
  add_custom_command(OUTPUT ${pages}/ganbar.1 ${pages}/ganbar.bash DEPENDS ganbar_pages VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}
    COMMAND sh -c "\"$1\" man > ganbar.1 && \"$1\" bash > ganbar.bash" sh $<TARGET_FILE:ganbar_pages>
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/pages)
  file(MAKE_DIRECTORY ${pages})
  add_custom_target(pages ALL DEPENDS ${pages}/ganbar.1 ${pages}/ganbar.bash)
  install(FILES ${pages}/ganbar.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program OPTIONAL)
  install(FILES ${pages}/ganbar.bash RENAME ganbar DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program OPTIONAL)
endfunction()

# What Debian wants of every package: who may copy it, what changed, a compressed manual page. Part of the packages only.
function(ganbar_debian_files)
  set(out ${PROJECT_BINARY_DIR}/debian)
  configure_file(packaging/changelog.in ${out}/changelog.Debian @ONLY)
  install(CODE "
    if(NOT CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
      return()
    endif()
    file(COPY_FILE \"${PROJECT_SOURCE_DIR}/CHANGELOG.md\" \"${out}/changelog\")
    execute_process(COMMAND gzip -9nfk \"${out}/changelog.Debian\" \"${out}/changelog\" COMMAND_ERROR_IS_FATAL ANY)
    set(root \"\$ENV{DESTDIR}/usr/share\")
    foreach(package ganbar libganbar-dev)
      if((package STREQUAL \"ganbar\" AND CMAKE_INSTALL_COMPONENT STREQUAL \"program\") OR (package STREQUAL \"libganbar-dev\" AND CMAKE_INSTALL_COMPONENT STREQUAL \"development\"))
        file(INSTALL \"${PROJECT_SOURCE_DIR}/packaging/copyright\" \"${out}/changelog.Debian.gz\" \"${out}/changelog.gz\" DESTINATION \"/usr/share/doc/\${package}\")
      endif()
    endforeach()
    if(EXISTS \"\${root}/man/man1/ganbar.1\")
      execute_process(COMMAND gzip -9nf \"\${root}/man/man1/ganbar.1\" COMMAND_ERROR_IS_FATAL ANY)
    endif()" ALL_COMPONENTS)
endfunction()

function(ganbar_packages)
  ganbar_pages()
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr" OR NOT PROJECT_IS_TOP_LEVEL)
    return()  # paths of a package are fixed when the tree is configured: preset `deb`
  endif()
  ganbar_debian_files()
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME ganbar)
  set(CPACK_PACKAGE_VENDOR "The ganbar developers")
  set(CPACK_PACKAGE_CONTACT ${GANBAR_CONTACT})
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  set(CPACK_COMPONENTS_ALL program development)
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME ganbar)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS dataset-fashion-mnist)
  set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "generative adversarial networks on memristive crossbars
ganbar trains generative adversarial networks whose weights are memristors, in
place, by voltage pulses, with the noise, variation and wires that published
measurements report. It books the energy of every pulse and read, reproduces
published results, and estimates what accelerators for such networks cost.")
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libganbar-dev)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
  # The archives need these at every link; the presets and the data that they name are the program's.
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "ganbar (= ${PROJECT_VERSION}-1), libfmt-dev, libhwy-dev, nettle-dev, zlib1g-dev, libpng-dev, libjpeg-dev, libgif-dev, libcairo2-dev, libsqlite3-dev, libonnx-dev, libprotobuf-dev, nlohmann-json3-dev, pkg-config")
  set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "simulator of adversarial networks on memristors (library)
Headers, archives and package files of the library behind the program ganbar:
device models, passive crossbars with their wires, tiles, training sessions,
random bits from memristors, and estimates of accelerators.")
  include(CPack)
endfunction()
